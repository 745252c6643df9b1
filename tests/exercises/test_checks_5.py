"""The checks of notebook 5 where the bank does not reach: sizes, chance, and what is left of the notebook's names."""

import pytest
import torch

from exercises import checks
from exercises.kit.given.refusals import Wrong
from exercises.kit.notebook import renamed
from helpers.factorization import KorenMF
from tests.kit import answer_bank
from tests.kit.answer_bank import run_answer, solution

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


def answer(exercise):
    """Return the solution of an exercise, as the notebook defines it."""
    return run_answer(exercise, solution(exercise))[exercise.replace("-", "_")]


@pytest.mark.parametrize("exercise", ["bpr-step", "fold-in"])
def test_a_check_leaves_the_notebooks_names_as_they_were(exercise):
    function = answer(exercise)
    names = function.__globals__
    before = {name: names[name] for name in ("seen", "l2")}
    copy = before["seen"].clone()
    getattr(checks, exercise.replace("-", "_"))(function)
    assert all(names[name] is value for name, value in before.items())
    assert torch.equal(names["seen"], copy)


@pytest.mark.parametrize(("name", "value", "said"), [("seen", [[1]], "of type list"), ("l2", "small", "of type str")])
def test_a_name_that_holds_something_else_is_named(name, value, said):
    function = answer("bpr-step")
    function.__globals__[name] = value
    with pytest.raises(Wrong, match=f"`{name}` is {said}"):
        checks.bpr_step(function)


def test_a_name_that_is_missing_is_named():
    function = answer("bpr-step")
    del function.__globals__["seen"]
    with pytest.raises(Wrong, match="the notebook has no `seen`: run the cell above"):
        checks.bpr_step(function)


def test_a_tensor_and_a_number_are_put_back_also_after_an_error():
    function = answer("bpr-step")
    seen = function.__globals__["seen"]
    with pytest.raises(ZeroDivisionError), renamed(function, seen=torch.zeros(2, 2, dtype=torch.bool), l2=3.0):
        raise ZeroDivisionError(function.__globals__["l2"])
    assert function.__globals__["seen"] is seen
    assert function.__globals__["l2"] == 0.06


@pytest.mark.parametrize("check", [checks.recommend, checks.recall_at_k, checks.bpr_loss])
def test_what_is_no_function_is_refused_in_a_sentence(check):
    with pytest.raises(Wrong, match="your code stopped"):
        check(torch.zeros(3))


def test_others_are_drawn_by_chance_and_the_check_is_not_fooled_by_it():
    """The check draws from the numbers of its own seed; no seed refuses the solution."""
    function = answer("bpr-step")
    for seed in range(5):
        checks.bpr_step(function, seed=seed)


def test_a_draw_that_only_sometimes_shows_what_was_seen_is_found():
    """One redraw is enough for most reviews, not for all."""
    wrong = """
def bpr_step(model, batch):
    users, items, _, _ = batch
    others = torch.randint_like(items, seen.shape[1])
    for _ in range(3):
        others = torch.where(seen[users, others], torch.randint_like(items, seen.shape[1]), others)
    out, embed_u, embed_i, _, imean, _ = model(users, items)
    out_other, _, embed_o, _, omean, _ = model(users, others)
    squares = [rows.square().sum() for rows in (embed_u, embed_i, embed_o, imean, omean)]
    return bpr_loss(out, out_other) + l2 * sum(squares) / len(users), (out_other >= out).float().mean()
"""
    with pytest.raises(Wrong):
        checks.bpr_step(run_answer("bpr-step", wrong)["bpr_step"])


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30, 3e38])
def test_scores_of_any_size_are_ranked(scale):
    recommend = answer("recommend")
    scores = torch.tensor([[-1.0, 0.5, 1.0, -0.5]]) * scale
    seen = torch.tensor([[False, False, True, False]])
    assert recommend(scores, seen, 3).tolist() == [[1, 3, 0]]


def test_fold_in_agrees_with_gradient_descent_on_its_own_formula():
    names = run_answer("fold-in", solution("fold-in"))
    torch.manual_seed(0)
    model = KorenMF(2, 9, 3)
    torch.nn.init.normal_(model.items.weight)
    torch.nn.init.normal_(model.imean.weight)
    items, ratings = torch.tensor([1, 4, 8, 2]), torch.tensor([5, 1, 3, 4])
    vector, bias = torch.zeros(3, requires_grad=True), torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([vector, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        rest = ratings - model.gmean - model.imean(items).squeeze(1) - bias - model.items(items) @ vector
        total = rest.square().sum() + len(items) * names["l2"] * (vector.square().sum() + bias.square())
        total.backward()
        return total

    optimizer.step(loss)
    found = names["fold_in"](model, items, ratings)
    assert torch.allclose(found[0], vector.detach(), atol=1e-3)
    assert float(found[1]) == pytest.approx(bias.item(), abs=1e-3)
