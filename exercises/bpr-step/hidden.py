"""What the grader tries of `bpr_step` besides its check."""

from exercises.hidden import hidden
from exercises.kit.notebook import renamed

from .check import check_draws, check_values, one_left


@hidden("bpr-step", rounds=2)
def other_steps(answer, solution, draw, reference):
    """Batches and catalogues of random sizes, with a weight that nobody can foresee; and which others are drawn."""
    nb_items, size, l2 = draw.randint(6, 30), draw.choice([4, 8, 16]), draw.uniform(0.2, 4)
    users, items = [draw.randrange(9) for _ in range(size)], [draw.randrange(nb_items - 1) for _ in range(size)]
    case = one_left(users, items, nb_items + size, draw.choice([1, 5, 16]))
    with renamed(answer, seen=case.seen.clone(), l2=l2):
        check_values(answer, case, l2)
    check_draws(answer, nb_users=draw.randint(20, 30), nb_items=draw.randint(12, 20), rounds=5)
