"""What the grader tries of `profile_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.notebook import renamed

from .check import check_batch, random_batch


@hidden("profile-step")
def profile_steps(answer, solution, draw, reference):
    """A batch of random size, on the check's own model, with weights that nobody can foresee."""
    with renamed(answer, word_weight=draw.uniform(0.1, 4), profile_weight=draw.uniform(0.1, 4)):
        check_batch(answer, random_batch(draw.randint(7, 9), draw.randint(5, 12)))
