"""What the grader tries of `profile_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import FULL, ITEMS, USERS, shuffled, text_sizes
from exercises.kit.notebook import renamed
from exercises.kit.steps_beside import compare_steps

from .check import check_batch, random_batch


@hidden("profile-step", uses=("RatingPredProfile",))
def profile_steps(answer, solution, draw, reference):
    """The check's model on a larger batch, and the notebook's own, with weights that nobody can foresee."""
    for batch in shuffled(draw, [None, *text_sizes(draw)]):
        least = 0.1 if batch and batch[1] >= FULL else 0.0  # a weight of 0 hides what its penalty does
        weights = {name: draw.choice([least, draw.uniform(0.1, 4)]) for name in ("word_weight", "profile_weight")}
        with renamed(answer, **weights), renamed(solution, **weights):
            if batch is None:
                check_batch(answer, random_batch(draw.randint(7, 9), draw.randint(5, 12)))
            else:
                dic_size, size, longest, latent = batch
                sizes = draw.randint(2, USERS), draw.randint(2, ITEMS), dic_size, latent
                compare_steps(answer, solution, "RatingPredProfile", sizes, (size, longest), draw)
