"""What the grader tries of `joint_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.expect import say
from exercises.kit.given.refusals import Wrong

from .check import check_case, make_case


@hidden("joint-step")
def joint_steps(answer, solution, draw, reference):
    """Two batches of random sizes, on the check's own model; each part of the loss is to weigh the same in both."""
    sizes = draw.choice([1, 3, 5]), draw.randint(6, 8)  # one as in the check, one larger
    weights = []
    for batch in sizes:
        out, ratings = ([draw.randint(2, 10) / 2 + shift for _ in range(batch)] for shift in (0.25, 0.0))
        weights.append(check_case(answer, *make_case(out, ratings, draw.choice([4, 5, 7, 8]))))
    for part, weight in weights[0].items():
        if abs(weight - weights[1][part]) > 1e-3 * abs(weight + weights[1][part]):
            raise Wrong(
                f"the {part} weighs {say(weight)} in a batch of {sizes[0]} and {say(weights[1][part])} "
                f"in a batch of {sizes[1]}.\n  It should be a mean, whatever the size of the batch."
            )
