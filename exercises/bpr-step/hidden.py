"""What the grader tries of `bpr_step` besides its check."""

from contextlib import ExitStack

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, LATENT, compare_gradients, expect_same, modes
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong
from exercises.kit.notebook import names_of, renamed, tensor_in
from exercises.kit.ranking import halves_model
from exercises.kit.steps import expect_two

from .check import NB_GROUPS, check_draws, check_values, twins

CHANCE = 6  # standard deviations, which an honest loss exceeds once in a hundred million times


@hidden("bpr-step")
def other_steps(answer, solution, draw, reference):
    """Batches as large as the session's and small ones, with a weight that nobody can foresee; and what is drawn."""
    sizes, l2, size = tensor_in(names_of(answer), "seen").shape, draw.uniform(0.2, 4), draw.randint(1_900, BATCH)
    case = twins(sizes, draw.randint(4, 16), draw.choice([1, 5, 16]))
    with renamed(answer, seen=case.seen.clone(), l2=l2):
        check_values(answer, case, l2)
    compare_large(answer, solution, sizes, size, draw)
    members, nb_known = sizes[0] // NB_GROUPS, max(1, sizes[1] // draw.randint(6, 12))
    check_draws(answer, sizes, members, size // NB_GROUPS, nb_known, rounds=4)
    check_evaluated(answer, sizes, size, l2)


def compare_large(answer, solution, sizes, size, draw):
    """Refuse another loss, share or gradient than the solution's where items that may be drawn for a user are alike."""
    parts = torch.cat([torch.arange(NB_GROUPS), torch.randint(NB_GROUPS, (sizes[1] - NB_GROUPS,))])
    parts = parts[torch.randperm(sizes[1])]  # those of part 0 are chosen, those of another are alike
    firsts = torch.stack([(parts == part).nonzero()[0, 0] for part in range(NB_GROUPS)])
    same_as = torch.where(parts > 0, firsts[parts], torch.arange(sizes[1]))
    seen, latent = parts != torch.randint(1, NB_GROUPS, (sizes[0], 1)), draw.randint(1, LATENT)
    ours, theirs = (halves_model(*sizes, latent) for _ in range(2))
    with torch.no_grad():
        for table in (ours.items, ours.imean):
            table.weight.copy_(table.weight[same_as])
    theirs.load_state_dict(ours.state_dict())
    chosen = (parts == 0).nonzero()[:, 0]
    for training, gradients in modes(draw):
        items = chosen[torch.randint(len(chosen), (size,))]
        batch = torch.randint(sizes[0], (size,)), items, torch.empty(size, 0), torch.full((size,), 4.0)
        about, l2, pairs = f"a batch of {size} reviews", draw.uniform(0.2, 4), []
        with ExitStack() as stack, torch.set_grad_enabled(gradients), given(about):
            for step, model in ((answer, theirs), (solution, ours)):
                stack.enter_context(renamed(step, seen=seen.clone(), l2=l2))
                pairs.append(expect_two(step(model.train(training), tuple(map(torch.clone, batch))), "bpr_step"))
        for name, came, expected in zip(("loss", "error"), *pairs, strict=True):
            expect_same(came, expected, f"the returned `{name}`", about)
        if gradients:
            compare_pushes(ours, theirs, [loss for loss, _ in reversed(pairs)], same_as, about)


def compare_pushes(ours, theirs, losses, same_as, about):
    """Refuse other gradients than ours; those of items that are alike are added up, at the first of them."""
    for model, loss in zip((ours, theirs), losses, strict=True):
        model.zero_grad()
        loss.backward()
        for table in (model.items, model.imean):
            pushes = table.weight.grad
            table.weight.grad = torch.zeros_like(pushes).index_add_(0, same_as, pushes)
    pairs = {name: (theirs.get_parameter(name), weight) for name, weight in ours.named_parameters()}
    compare_gradients({f"`model.{name}`, from the loss,": pair for name, pair in pairs.items()}, about)


def check_evaluated(bpr_step, sizes, size, l2):
    """Refuse losses and shares of an evaluation that are not as if others were drawn evenly, one by one and anew.

    An item's score is its bias here, so that mean and variance are known of what a drawn one costs.
    """
    model = halves_model(*sizes, 1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        biases = model.imean.weight.normal_()[:, 0].clone()
    seen = torch.rand(sizes) < (2 * biases).sigmoid()  # what was not seen scores lower
    seen[:, torch.randint(sizes[1], ())] = False
    users, items = torch.randint(sizes[0], (size,)), torch.randint(sizes[1], (size,))
    chosen, unseen = biases[items, None], ~seen[users]
    costs = torch.nn.functional.softplus(biases - chosen) + l2 * (biases.square() + chosen.square())
    usual = [chance_of(numbers, unseen) for numbers in (costs, (biases >= chosen).float())]
    batch = users, items, torch.empty(size, 0), torch.full((size,), 4.0)
    with renamed(bpr_step, seen=seen.clone(), l2=l2), torch.no_grad(), given("a batch, as in `evaluate`"):
        came = [bpr_step(model.eval(), tuple(map(torch.clone, batch))) for _ in range(4)]
    series = [[float(two[n]) for two in came] for n in range(2)]
    if len(set(series[0])) == 1:
        raise Wrong("without gradients, as in `evaluate`, the same others are drawn each time; draw new ones.")
    for name, numbers, (mean, deviation) in zip(("loss", "error"), series, usual, strict=True):
        if odd := next((number for number in numbers if not abs(number - mean) <= CHANCE * deviation), None):
            raise Wrong(
                f"without gradients, as in `evaluate`, `{name}` is {odd:.4g} where about {mean:.4g} is usual: are the "
                "others drawn evenly from what each user has not seen, one for each review?"
            )


def chance_of(numbers, unseen):
    """Return mean and standard deviation of the mean over reviews of one of each one's `numbers`, drawn if `unseen`."""
    counts, numbers = unseen.sum(dim=1), numbers.double()
    means = (numbers * unseen).sum(dim=1) / counts
    variances = (numbers.square() * unseen).sum(dim=1) / counts - means.square()
    return float(means.mean()), float(variances.sum().sqrt() / len(counts))
