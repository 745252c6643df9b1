"""What the grader tries of `bpr_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.notebook import names_of, renamed, tensor_in

from .check import check_draws, check_values, twins


@hidden("bpr-step", rounds=2)
def other_steps(answer, solution, draw, reference):
    """Batches of random sizes, with a weight that nobody can foresee; and which others are drawn."""
    sizes, l2 = tensor_in(names_of(answer), "seen").shape, draw.uniform(0.2, 4)
    case = twins(sizes, draw.randint(4, 16), draw.choice([1, 5, 16]))
    with renamed(answer, seen=case.seen.clone(), l2=l2):
        check_values(answer, case, l2)
    check_draws(answer, sizes)
