"""What the grader tries of `profile_step` besides its check."""

from exercises.hidden import hidden

from .check import check_batch, random_batch


@hidden("profile-step")
def profile_steps(answer, solution, draw, reference):
    """A batch of random size, on the check's own model."""
    check_batch(answer, random_batch(draw.randint(7, 9), draw.randint(5, 12)))
