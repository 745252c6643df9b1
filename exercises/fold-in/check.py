"""The check of `fold_in`: the vector and the bias that suit somebody's ratings best, items as they are."""

import torch

from exercises.kit.expect import check, expect_tensor, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.notebook import names_of, number_in, renamed
from exercises.kit.ranking import as_number, expect_unchanged, halves_model
from helpers.factorization import KorenMF

NEAR = 1e-3
HAND_MADE = torch.tensor([0, 2, 1, 3]), torch.tensor([5.0, 1.0, 2.0, 4.0])  # items and ratings


@check("fold-in")
def fold_in(fold_in):
    """Check `fold_in(model, items, ratings)`: -> the vector (D,) and the bias of somebody who gave these ratings."""
    weight = number_in(names_of(fold_in), "l2")
    check_case(fold_in, hand_made(), *HAND_MADE, weight)
    for nb_items, latent, count in [(9, 3, 5), (30, 2, 12), (8, 6, 3), (6, 4, 1), (5, 1, 4)]:
        items, ratings = torch.randperm(nb_items)[:count], torch.randint(1, 6, (count,))
        model = halves_model(4, nb_items, latent)
        check_case(fold_in, model, items, ratings.float(), weight)
        with renamed(fold_in, l2=0.75):
            check_case(fold_in, model, items, ratings, 0.75)
    check_nothing(fold_in, halves_model(4, 6, 3))
    model = hand_made()
    with on_fake_device("fold_in", "model.items.weight.device"):
        fold_in(model, *HAND_MADE)


def hand_made():
    """Return a KorenMF whose items lie on the axes."""
    model = KorenMF(3, 4, 2)
    with torch.no_grad():
        model.items.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5], [2.0, 2.0]]))
        model.imean.weight.copy_(torch.tensor([[0.5], [-0.5], [-1.0], [0.25]]))
        model.gmean.fill_(3.5)
    return model


def check_nothing(fold_in, model):
    """Refuse anything but zeros for somebody who rated nothing."""
    vector, bias = call(fold_in, model, torch.empty(0, dtype=torch.long), torch.empty(0))
    if not (torch.equal(vector.detach().float(), torch.zeros(3)) and bias == 0):
        raise Wrong(
            f"somebody who rated nothing should have zeros, as a new user has; you returned {say(vector)} and "
            f"{say(bias)}."
        )


def check_case(fold_in, model, items, ratings, l2):
    """Refuse what is not the best vector and bias for these ratings (n,) of items (n,)."""
    vector, bias = call(fold_in, model, items, ratings)
    came = torch.cat([vector.detach().cpu().double(), torch.tensor([bias], dtype=torch.float64)])
    best = solve(model, items, ratings, l2)
    if (came - best).abs().max() <= NEAR:
        return
    known = [text for text, wrong in mistakes(model, items, ratings, l2) if (came - wrong).abs().max() <= NEAR]
    n = len(items)
    lines = [
        f"for {n} rating{'s' if n > 1 else ''}, the vector and the bias are not the best ones.",
        f"  {comparison(model, items, ratings, l2, came, best)}",
    ]
    raise Wrong("\n".join(lines + [f"  {text}" for text in known[:1]]))


def comparison(model, items, ratings, l2, came, best):
    """Return a line that sets what came beside the best: their sums, and the first prediction by hand."""
    sums = [say(sum_of(model, items, ratings, l2, numbers).item()) for numbers in (came, best)]
    vector = [round(number, 3) for number in best[:3].tolist()]
    if not came.isfinite().all():
        return f"They are not finite numbers: {say(came[:3])}. Can the equations be solved at all?"
    mine = [round(number, 3) for number in came[:3].tolist()]
    more = " ..." if len(best) > 3 else ""
    return f"The sum to minimise is {sums[0]} with yours, {mine}{more}; it can be {sums[1]}, with {vector}{more}."


def rest_of(model, items, ratings):
    """Return what the items and the mean leave of the ratings: (n,)."""
    biases = torch.tensor([model.imean.weight[n].item() for n in items.tolist()], dtype=torch.float64)
    return ratings.double() - biases - model.gmean.item()


def sum_of(model, items, ratings, l2, numbers):
    """Return the sum that the vector and the bias in `numbers` (D + 1,) should minimise."""
    errors = rest_of(model, items, ratings) - columns(model, items) @ numbers
    return errors.square().sum() + len(items) * l2 * numbers.square().sum()


def columns(model, items):
    """Return the items' vectors, and beside each a 1, which is what a bias is multiplied by: (n, D + 1)."""
    rows = torch.stack([model.items.weight[n].detach().double() for n in items.tolist()])
    return torch.nn.functional.pad(rows, (0, 1), value=1.0)


def ridge(design, rest, weights):
    """Return the numbers that minimise the squared errors plus `weights` (one per number) times their squares."""
    augmented = torch.cat([design, weights.sqrt().diag()])
    return torch.linalg.lstsq(augmented, torch.cat([rest, torch.zeros(len(weights), dtype=rest.dtype)])).solution


def solve(model, items, ratings, l2, times=None, free_bias=False, rest=None):
    """Return the best vector and bias, (D + 1,); the other arguments make usual mistakes of it."""
    design = columns(model, items)
    weights = torch.full((design.shape[1],), float(l2 * (len(items) if times is None else times)), dtype=torch.float64)
    if free_bias:
        weights[-1] = 0
    return ridge(design, rest_of(model, items, ratings) if rest is None else rest, weights)


def mistakes(model, items, ratings, l2):
    """Return pairs (sentence, numbers) of the usual mistakes."""
    n, rest = len(items), rest_of(model, items, ratings)
    design = columns(model, items)
    biases = rest - (ratings.double() - model.gmean.item())  # minus the items' biases
    flat = torch.zeros(design.shape[1], dtype=torch.float64)
    no_bias = flat.clone()
    no_bias[:-1] = ridge(design[:, :-1], rest, torch.full_like(flat[:-1], n * l2))
    return [
        ("The penalty counts n times, once for each rating: see `mf_step`.", solve(model, items, ratings, l2, 1)),
        ("Is the penalty missing?", solve(model, items, ratings, l2, 1e-9)),
        ("Is `l2` missing? The penalty counts n times `l2`.", solve(model, items, ratings, 1.0)),
        ("Is `l2` missing? The penalty counts n times `l2`.", solve(model, items, ratings, 1.0, 1)),
        ("The bias is penalised as the vector is.", solve(model, items, ratings, l2, free_bias=True)),
        ("Are the items' biases left out? They explain a part of each rating.",
         solve(model, items, ratings, l2, rest=rest - biases)),
        ("Is `gmean` left out? It explains a part of each rating.",
         solve(model, items, ratings, l2, rest=rest + model.gmean.item())),
        ("Are the items' biases and `gmean` left out?",
         solve(model, items, ratings, l2, rest=ratings.double())),
        ("Are the items' biases added, where they should be subtracted?",
         solve(model, items, ratings, l2, rest=rest - 2 * biases)),
        ("The person's own bias is missing: it should be found together with the vector.", no_bias),
        ("These are zeros: the ratings have no part in it.", flat),
        ("The bias comes first: return the vector, then the bias.", solve(model, items, ratings, l2).roll(1)),
        ("Does the sum count half the errors, or twice the penalty?", solve(model, items, ratings, 2 * l2)),
    ]  # fmt: skip


def call(fold_in, model, items, ratings):
    """Return the vector (D,) and the bias, a number; refuse anything else, and a change of what is given."""
    before = {key: value.clone() for key, value in model.state_dict().items()}
    handed_over = items.clone(), ratings.clone()
    with given(f"a KorenMF, items {say(items)} and ratings {say(ratings)}"):
        returned = fold_in(model, *handed_over)
    if returned is ... or (isinstance(returned, tuple | list) and any(part is ... for part in returned)):
        raise StillToDo("replace the `...` in `fold_in`.")
    if not (isinstance(returned, tuple | list) and len(returned) == 2):
        came = (
            "None: does it end with `return`?" if returned is None else f"something of type {type(returned).__name__}."
        )
        if isinstance(returned, torch.Tensor):
            came = f"one tensor of shape {tuple(returned.shape)}."
        raise Wrong(f"`fold_in` should return the vector and the bias: 2 values.\n  It returned {came}")
    changed = next((key for key, value in model.state_dict().items() if not torch.equal(value, before[key])), None)
    if changed:
        raise Wrong(f"`fold_in` changes `model.{changed}`: the items stay as they are, only the newcomer is new.")
    expect_unchanged((items, ratings), handed_over, "items ratings", "fold_in")
    vector, bias = returned
    size = model.items.embedding_dim
    hints = [
        ((size + 1,), "The bias is still in it: return the vector and the bias apart."),
        ((size, 1), "A vector has one dimension: shape (D,)."),
        ((1, size), "A vector has one dimension: shape (D,)."),
        ((len(items),), "That is one number per rating; the vector has one per latent factor."),
    ]
    expect_tensor(vector, (size,), "the vector", "fold_in", hints)
    return vector, as_number(bias, "the bias", "fold_in")
