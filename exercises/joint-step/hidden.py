"""What the grader tries of `joint_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.notebook import renamed

from .check import check_case, check_twins, make_case, with_twins


@hidden("joint-step")
def joint_steps(answer, solution, draw, reference):
    """Two batches of random sizes, on the check's own model, with weights that nobody can foresee."""
    with renamed(answer, text_weight=draw.uniform(0.2, 4), l2=draw.uniform(0.2, 4)):
        for batch in (draw.choice([1, 3, 5]), draw.randint(6, 8)):  # one as in the check, one larger
            out, ratings = ([draw.randint(2, 10) / 2 + shift for _ in range(batch)] for shift in (0.25, 0.0))
            longest = draw.choice([4, 5, 7, 8])
            check_case(answer, *make_case(out, ratings, longest))
            if batch > 1:
                check_twins(answer, *with_twins(out, ratings, longest))
