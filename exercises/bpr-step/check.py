"""The check of `bpr_step`: the loss where all that may be drawn is alike, and which others are drawn elsewhere.

The models are as large as the notebook's tables, so that an answer may read sizes from `nb_items` or from `seen`.
"""

import math
from typing import NamedTuple

import torch
from torch.overrides import TorchFunctionMode

from exercises.kit.expect import check, given, same, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.notebook import names_of, number_in, renamed, tensor_in
from exercises.kit.ranking import as_number, counting_model, expect_scalar, halves_model

TABLES = ("users", "items", "umean", "imean", "gmean")
MOST_CALLS = 100_000  # of torch's functions: a right answer that goes through 800 reviews one by one makes 20,000
ROUNDS, NB_GROUPS, PER_GROUP = 8, 4, 200  # so many calls, groups of users and reviews of each show what is drawn


class Case(NamedTuple):
    """A model, a batch, and who has seen what."""

    model: torch.nn.Module
    batch: tuple[torch.Tensor, ...]
    seen: torch.Tensor


class Unexplained(Wrong):
    """A wrong loss that no known mistake explains."""


class SeenDrawn(Wrong):
    """Others that their users have seen."""


@check("bpr-step")
def bpr_step(bpr_step):
    """Check `bpr_step(model, batch)`: -> loss, with its penalty, and the share of pairs in the wrong order."""
    names = names_of(bpr_step)
    weight, sizes = number_in(names, "l2"), tensor_in(names, "seen").shape
    for nb_reviews, latent in [(3, 2), (5, 4), (1, 3)]:
        case = twins(sizes, nb_reviews, latent)
        for l2 in (weight, 1.25):
            with renamed(bpr_step, seen=case.seen.clone(), l2=l2):
                check_values(bpr_step, case, l2)
    check_draws(bpr_step, sizes)
    case = twins(sizes, nb_reviews=3, latent=2)
    with renamed(bpr_step, seen=case.seen.clone()), on_fake_device("bpr_step", "users.device"), Ends(3):
        bpr_step(*case[:2])


class Ends(TorchFunctionMode):
    """Refuse, inside, an answer that calls torch's functions without end."""

    def __init__(self, nb_reviews):
        super().__init__()
        self.nb_reviews, self.calls = nb_reviews, 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Count a call, and make it."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise Wrong(
                f"`bpr_step` finds no end: {MOST_CALLS:,} calls of torch's functions for {self.nb_reviews} reviews.\n"
                "  What its loop waits for must be looked up anew each time round, as `seen[users, others]`, and only\n"
                "  the others that were seen need another draw, from all items."
            )
        return function(*args, **(kwargs or {}))


def twins(sizes, nb_reviews, latent):
    """Return a case in which all items that a user has not seen are alike, so that nothing is left to chance.

    sizes: of `seen`. What one user of the batch has not seen, the others have. The first pair is a tie.
    """
    model, seen, rows = halves_model(*sizes, latent), torch.zeros(*sizes, dtype=torch.bool), torch.arange(nb_reviews)
    nb_ids = max(1, min(nb_reviews, sizes[1]) - 1)  # so that something is left for each that they have not seen
    ids, shuffled = torch.randperm(sizes[0])[:nb_ids], torch.randperm(sizes[1])
    chosen, unseen = shuffled.tensor_split([max(1, min(nb_reviews - 1, sizes[1] - len(ids)))])
    users, items = ids[rows % len(ids)], chosen[torch.randint(len(chosen), (nb_reviews,))]
    seen[ids] = True
    with torch.no_grad():
        for user, part in zip(ids, unseen.tensor_split(len(ids)), strict=True):
            seen[user, part] = False
            alike = items[0] if user == users[0] else part[0]  # the first pair is a tie
            for table in (model.items, model.imean):
                table.weight[part] = table.weight[alike].clone()
    batch = users, items, torch.empty(nb_reviews, 0), torch.full((nb_reviews,), 4.0)
    return Case(model, batch, seen)


def check_values(bpr_step, case, l2):
    """Check loss, share and gradients of a case in which nothing is left to chance."""
    model, (users, items, *_), seen = case
    loss, share = call(bpr_step, case)
    others = [first_unseen(seen, user) for user in users.tolist()]
    pairs = list(zip(users.tolist(), items.tolist(), others, strict=True))
    out = [[score(model, user, item) for item in two] for user, *two in pairs]
    check_share(share, out)
    terms = parts(model, pairs)
    pair_loss = sum(softplus(other - chosen) for chosen, other in out) / len(pairs)
    turned = sum(softplus(chosen - other) for chosen, other in out) / len(pairs)
    try:
        check_loss(loss, pair_loss, turned, terms, l2, len(pairs))
    except Unexplained as wrong:
        try:
            check_draws(bpr_step, seen.shape)
        except Wrong as other:
            raise other if isinstance(other, SeenDrawn) else wrong from None
        raise
    check_gradients(loss, pair_loss + l2 * sum(terms.values()) / len(pairs), case)


def first_unseen(seen, user):
    """Return the first item that a user has not seen."""
    return (~seen[user]).nonzero()[0].item()


def score(model, user, item):
    """Return what the model predicts for a user and an item, from its tables."""
    match = model.users.weight[user] @ model.items.weight[item]
    return match + model.umean.weight[user, 0] + model.imean.weight[item, 0] + model.gmean[0]


def softplus(x):
    """Return log(1 + exp(x))."""
    return torch.logaddexp(x, torch.zeros(()))


def parts(model, pairs):
    """Return the squares that the penalty adds up, by what they are of."""
    chosen, other = ([pair[n] for pair in pairs] for n in (1, 2))
    return {
        "the users' vectors": model.users.weight[[user for user, *_ in pairs]].square().sum(),
        "the chosen items' vectors": model.items.weight[chosen].square().sum(),
        "the other items' vectors": model.items.weight[other].square().sum(),
        "the chosen items' biases": model.imean.weight[chosen].square().sum(),
        "the other items' biases": model.imean.weight[other].square().sum(),
    }


def check_share(share, out):
    """Refuse a share that is not that of the pairs, with scores `out`, whose other item scores at least as high."""
    share = as_number(share, "the returned `error`", "bpr_step")
    wrong, size = sum(bool(other >= chosen) for chosen, other in out), len(out)
    if abs(share - wrong / size) < 1e-4:
        return
    known = {
        "Some pairs have equal scores: at least as high is wrong as well.": sum(o > c for c, o in out) / size,
        "That is the share of pairs in the right order.": 1 - wrong / size,
        "Divide by the number of reviews.": wrong,
    }
    hint = next((f"\n  {text}" for text, value in known.items() if abs(share - value) < 1e-4), "")
    raise Wrong(
        f"in {wrong} of {size} pairs the other item scores at least as high as the chosen one, "
        f"so the share is {say(wrong / size)}. You returned {say(share)}.{hint}"
    )


def check_loss(loss, pair_loss, turned, terms, l2, size):
    """Refuse a loss that is not that of the pairs plus the penalty."""
    penalty, loss = sum(terms.values()).item() / size, loss.item()
    expected = pair_loss.item() + l2 * penalty
    if close(loss, expected):
        return
    if close(loss, pair_loss.item()):
        raise Wrong("the loss has no penalty: add `l2` times the squares of what was looked up, divided by the batch.")
    wrong = [
        ("Is `l2` missing?", pair_loss.item() + penalty),
        ("The penalty should be divided by the number of reviews.", pair_loss.item() + l2 * penalty * size),
        ("Is the loss of the pairs missing?", l2 * penalty),
        ("Is a weight typed in where `l2` belongs?", pair_loss.item() + 0.06 * penalty),
        ("The loss of the pairs is a mean over the batch already.", pair_loss.item() / size + l2 * penalty),
        ("The chosen item and the other one have changed places in `bpr_loss`.", turned.item() + l2 * penalty),
    ]
    wrong += [
        (f"Are {what} missing in the penalty?", expected - l2 * part.item() / size) for what, part in terms.items()
    ]
    wrong += [(f"Are {what} counted twice in the penalty?", expected + l2 * part.item() / size)
              for what, part in terms.items()]  # fmt: skip
    biases = sum(part.item() for what, part in terms.items() if "biases" in what)
    wrong += [("Are the items' biases missing in the penalty?", expected - l2 * biases / size)]
    hint = next((f"\n  {text}" for text, value in wrong if close(loss, value)), "")
    kind = Wrong if hint else Unexplained
    raise kind(
        f"where all items are alike that a user has not seen, the loss is {say(loss)}, expected {say(expected)}:\n"
        f"  {say(pair_loss.item())} for the pairs and {say(l2)} · {say(penalty)} for the penalty.{hint}"
    )


def close(value, other):
    """Return whether two numbers agree, up to the rounding of float32."""
    return math.isclose(value, other, rel_tol=2e-4, abs_tol=1e-4)


def check_gradients(loss, expected, case):
    """Refuse a loss of the right value from which some table does not learn what it should."""
    model = case.model
    if not loss.requires_grad:
        raise Wrong("the loss is cut off from the model, by .detach(), .item() or torch.no_grad(): nothing can learn.")
    weights = [model.get_parameter(name if name == "gmean" else f"{name}.weight") for name in TABLES]
    wanted = torch.autograd.grad(expected, weights, allow_unused=True)
    came = torch.autograd.grad(loss, weights, allow_unused=True)
    for name, weight, right, ours in zip(TABLES, weights, wanted, came, strict=True):
        right, ours = (torch.zeros_like(weight) if part is None else part for part in (right, ours))
        if name in ("items", "imean"):
            right, ours = gathered(right, case), gathered(ours, case)
        if not same(ours, right).all():
            raise Wrong(
                f"the loss has the right value, but a wrong gradient reaches `model.{name}`.\n"
                "  Is a part of it cut off by .detach(), .item() or torch.no_grad()?"
            )


def gathered(gradients, case):
    """Return gradients in which those of a user's unseen items, whichever were drawn, are added up at the first."""
    gradients = gradients.clone()
    for user in set(case.batch[0].tolist()):
        unseen = ~case.seen[user]
        total = gradients[unseen].sum(dim=0)
        gradients[unseen] = 0
        gradients[first_unseen(case.seen, user)] = total
    return gradients


def call(bpr_step, case):
    """Return loss and share; refuse anything but two scalars, and a step that does the training loop's work."""
    model, batch, seen = case
    before = {key: value.clone() for key, value in model.state_dict().items()}
    handed_over = tuple(part.clone() for part in batch)
    with given(f"a KorenMF and a batch of {len(batch[0])} reviews"), Ends(len(batch[0])):
        returned = bpr_step(model, handed_over)
    two = isinstance(returned, tuple | list) and len(returned) == 2
    if returned is ... or (isinstance(returned, tuple | list) and any(part is ... for part in returned)):
        raise StillToDo("replace the `...` in `bpr_step`.")
    if not two:
        count = len(returned) if isinstance(returned, tuple | list) else 1
        came = "None: does it end with `return`?" if returned is None else f"{count} value{'s' if count > 1 else ''}."
        raise Wrong(f"`bpr_step` should return loss, error: 2 values.\n  It returned {came}")
    moved = any(not torch.equal(value, before[key]) for key, value in model.state_dict().items())
    if moved or any(parameter.grad is not None for parameter in model.parameters()):
        raise Wrong("`bpr_step` does the work of `fit`: it should only reckon loss and error, and change nothing.")
    if not all(torch.equal(part, ours) for part, ours in zip(batch, handed_over, strict=True)):
        raise Wrong("`bpr_step` changes the batch, from which the next epoch will learn as well.")
    if not torch.equal(names_of(bpr_step)["seen"], seen):
        raise Wrong("`bpr_step` changes `seen`, which says what users have seen, and not what was drawn for them.")
    with given("a KorenMF and a batch, without gradients as in `evaluate`"), torch.no_grad(), Ends(len(batch[0])):
        bpr_step(model, tuple(part.clone() for part in batch))
    for value, name in zip(returned, ["loss", "error"], strict=True):
        if isinstance(value, int | float):
            raise Wrong(f"the returned `{name}` is a plain number; `fit` asks for a tensor, and calls its `.item()`.")
        expect_scalar(value, f"the returned `{name}`", "bpr_step")
    return returned


# --- which other items are drawn


def check_draws(bpr_step, sizes, members=1, per_group=None, nb_known=None, rounds=ROUNDS):
    """Refuse others that are not drawn for each review anew, evenly from what its user has not seen; sizes: of `seen`.

    All items score alike, and the gradient of their vectors tells how often each was the other one, for each group of
    `members` users who have seen the same `nb_known` items. The chosen items are seen in training, not in validation;
    the model is in training mode and in eval mode by turns. Chance refuses a right answer once in a million times.
    """
    nb_users, nb_items = sizes
    nb_known = nb_known or nb_items // 2
    users = torch.cat([torch.tensor([0, nb_users - 1]), torch.randperm(nb_users)])[: NB_GROUPS * members].unique()
    count, per_group = min(NB_GROUPS, len(users)), per_group or min(PER_GROUP, nb_items // 2)
    groups, places = torch.arange(len(users)) % count, torch.arange(count).repeat_interleave(per_group)
    ends = torch.arange(nb_items) % (nb_items - 1) == 0
    known = (torch.rand(count, nb_items) + ends).argsort(dim=1).argsort(dim=1) < nb_known
    seen, times = torch.zeros(*sizes, dtype=torch.bool), torch.zeros(count, nb_items, dtype=torch.long)
    seen[users] = known[groups]
    with renamed(bpr_step, seen=seen.clone(), l2=0.5):
        for chosen, order in ((known, torch.randperm(len(places))), (~known, torch.arange(len(places)))):
            items = torch.multinomial(chosen.float(), per_group, replacement=True)
            ids = users[places + count * torch.randint(len(users) // count, places.shape)]
            batch = ids[order], items.flatten()[order], torch.empty(len(ids), 0), torch.full((len(ids),), 4.0)
            case = Case(counting_model(users, groups, *sizes), batch, seen)
            for training in (True, False):
                case.model.train(training)
                draws = [drawn(bpr_step, case, places[order]) for _ in range(rounds // 2)]
                refuse_what_is_not_one_each(draws, known, per_group, users, "" if training else ", in eval mode")
                times += sum(draws)
    refuse_favourites(times, known, 2 * rounds * per_group)


def refuse_what_is_not_one_each(draws, seen, per_group, users, when):
    """Refuse others that are not drawn one by one, `per_group` for each group, from what its users have not seen."""
    refuse_other_counts(draws, seen, per_group, users)
    if all(torch.equal(draw, draws[0]) for draw in draws):
        raise Wrong(f"the same others are drawn each time `bpr_step` is called{when}; draw new ones every time.")
    if per_group > 1 and all((draw.amax(dim=1) == per_group).all() for draw in draws):
        raise Wrong(
            "the others are not drawn one by one: all reviews of a user have the same one. Draw one per review."
        )
    if per_group > 1 and all((draw <= 1).all() for draw in draws):
        raise Wrong("no item is ever the other one of two reviews of a user: draw for each review independently.")


def drawn(bpr_step, case, places):
    """Return how often each item was the other one, for each group of users: (groups, nb_items).

    places: the group of each review's user.
    """
    loss, _ = call(bpr_step, case)
    if not loss.requires_grad:
        raise Wrong("the loss is cut off from the model, by .detach(), .item() or torch.no_grad(): nothing can learn.")
    [pushes] = torch.autograd.grad(loss, [case.model.items.weight])
    chosen = torch.zeros(pushes.T.shape).index_put_((places, case.batch[1]), torch.tensor(1.0), accumulate=True)
    return (2 * len(places) * pushes.T + chosen).round().long()


def refuse_other_counts(draws, seen, per_group, users):
    """Refuse others that a user has seen, or as many as are not one for each review."""
    for draw in draws:
        if (draw < 0).any() or set(draw.sum(dim=1).tolist()) != {per_group}:
            raise Wrong("there should be one other item for each review, compared for its own user.")
    if pairs := [pair for draw in draws for pair in (draw * seen).nonzero().tolist()]:
        user, item = pairs[0]
        raise SeenDrawn(
            f"among the others are items that their users have seen: item {item} for user {users[user]}.\n"
            f"  `seen[users, others]` tells for which reviews that is so; these need another draw, until none is left."
        )


def refuse_favourites(times, seen, per_group):
    """Refuse others that are not spread evenly over what each group has not seen: times (groups, nb_items)."""
    nb_unseen, last = (~seen).sum(dim=1, keepdim=True), seen.shape[1] - 1
    usual = torch.where(seen, 0.0, per_group / nb_unseen)
    total = times.sum(dim=0)
    for end in (0, last):
        if total[end] == 0:
            raise Wrong(
                f"of items 0 to {last}, item {end} is never drawn, though nobody here has seen it.\n"
                "  torch.randint and torch.randint_like leave out their upper limit: give them the number of items."
            )
    by_pair = surprise(times[~seen], usual[~seen]) > most_surprise(int((nb_unseen - 1).sum()))
    by_item = surprise(total, usual.sum(dim=0)) > most_surprise(int((usual.sum(dim=0) > 0).sum()) - 1)
    if by_pair or by_item:
        raise Wrong(
            "the others are not drawn evenly from what each user has not seen.\n"
            f"  Of {int(times.sum())} draws, item {int(total.argmax())} came {int(total.max())} times, where about "
            f"{usual.sum(dim=0).max():.0f} are\n  usual: is a seen item replaced by a favourite, such as the next one?"
        )


def surprise(times, usual):
    """Return chi-square for numbers of times (N,) where `usual` ones are expected, some of which may be 0."""
    some = usual > 0
    return ((times[some] - usual[some]).square() / usual[some]).sum().item()


def most_surprise(freedom):
    """Return what chi-square with so many degrees of freedom exceeds once in ten million times (Wilson, Hilferty)."""
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + 5.2 * math.sqrt(spread)) ** 3
