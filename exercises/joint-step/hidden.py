"""What the grader tries of `joint_step` besides its check."""

import copy

from exercises.hidden import hidden
from exercises.kit.beside import ONE_WORD, item_sizes
from exercises.kit.comparison import modes, shuffled
from exercises.kit.given.fake_models import JOINT_SIZES, TextKorenMF
from exercises.kit.notebook import renamed
from exercises.kit.steps_beside import compare_step, compare_steps

from .check import check_case, check_twins, make_case, with_twins


@hidden("joint-step", uses=("TextClassicMF",))
def joint_steps(answer, solution, draw, reference):
    """The check's own model on random batches, and the notebook's own, with weights that nobody can foresee.

    The notebook's model knows one word here, so that the fake words it draws are known.
    """
    for case in shuffled(draw, [draw.choice([1, 3, 5]), draw.randint(6, 8), None, *item_sizes(draw)]):
        weights = {name: draw.uniform(0.2, 4) for name in ("text_weight", "l2")}
        with renamed(answer, **weights), renamed(solution, **weights):
            if isinstance(case, int):  # one as in the check, one larger
                check_fake(answer, case, draw)
            elif case is None:
                compare_with_biases(answer, solution, draw)
            else:
                nb_users, nb_items, size, longest, latent = case
                sizes = nb_users, nb_items, ONE_WORD, latent, draw.randint(2, 20)
                compare_steps(answer, solution, "TextClassicMF", sizes, (size, longest), draw)


def compare_with_biases(answer, solution, draw):
    """Refuse a step that is wrong for TextKorenMF, which the notebook trains too."""
    size, longest = draw.randint(2, min(JOINT_SIZES)), draw.randint(1, 6)
    out, ratings = ([draw.uniform(1, 5) for _ in range(size)] for _ in range(2))
    batch, ours = make_case(out, ratings, longest, TextKorenMF)
    theirs = copy.deepcopy(ours)
    for training, gradients in modes(draw):
        compare_step((solution, ours.train(training)), (answer, theirs.train(training)), [*batch], gradients)


def check_fake(answer, batch, draw):
    """Check the step on a batch of this size, on the check's own model."""
    out, ratings = ([draw.randint(2, 10) / 2 + shift for _ in range(batch)] for shift in (0.25, 0.0))
    longest = draw.choice([4, 5, 7, 8])
    check_case(answer, *make_case(out, ratings, longest))
    if batch > 1:
        check_twins(answer, *with_twins(out, ratings, longest))
