"""What the grader tries of `recall_at_k` besides its check."""

from exercises.hidden import hidden

from .check import check_case, draw_case


@hidden("recall-at-k")
def other_recalls(answer, solution, draw, reference):
    """As many users and items as a session has, and few."""
    check_case(answer, *draw_case(draw.randint(50, 150), draw.choice([5, 10, 20]), draw.randint(200, 400)))
    top_k = draw.randint(5, 8)
    check_case(answer, *draw_case(draw.randint(9, 15), top_k, top_k + draw.randint(1, 6)))
