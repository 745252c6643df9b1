"""The hidden tests: they refuse answers that are right for the sizes of the check alone, and no right ones."""

from functools import cache
from types import SimpleNamespace

import pytest
import torch

from exercises.hidden import hidden_tests
from grading.examining.examiners import examiner_of
from tests.kit import answer_bank
from tests.kit.answer_bank import EXERCISES, answers, run_answer, run_cell, solution

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)

OF_ANSWER = {exercise.answer: exercise.id for exercise in EXERCISES.values()}
MEMORISED = [(id, file) for id in EXERCISES for file in answers("memorised", id)]


@cache
def used(exercise):
    """Return our own answers to the other exercises that a hidden test uses, by name."""
    others = {name: OF_ANSWER[name] for name in hidden_tests()[exercise].uses}
    return {name: run_answer(id, solution(id))[name] for name, id in others.items()}


def examine(exercise, answer, seed, **changed):
    """Return the verdict on an answer that is here, and not in a sandbox."""
    names = run_answer(exercise, solution(exercise), **used(exercise))
    reference = SimpleNamespace(names=lambda notebook: names)
    return examiner_of(EXERCISES[exercise])._replace(**changed).verdict(answer, names, reference, seed)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in (1, 2))])
@pytest.mark.parametrize(
    ("exercise", "file"), [pytest.param(id, file, id=f"{id}/{file.stem}") for id, file in MEMORISED]
)
def test_the_hidden_test_refuses_what_is_right_in_some_range_alone(exercise, file, seed):
    """An answer that follows our own, in the names that our own leaves."""
    names = run_answer(exercise, solution(exercise), **used(exercise))
    run_cell(file.read_text(encoding="utf-8"), names)
    answer = names[EXERCISES[exercise].answer]
    assert examine(exercise, answer, seed).verdict in ("wrong", "error")


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("exercise", sorted({id for id, _ in MEMORISED}))
def test_no_chance_refuses_a_right_answer(exercise, seed):
    for file in answers("right", exercise):
        names = run_answer(exercise, file.read_text(encoding="utf-8"), **used(exercise))
        answer = names[EXERCISES[exercise].answer]
        assert examine(exercise, answer, seed).verdict == "ok", file


@pytest.mark.proof
def test_a_model_that_learned_the_validation_reviews_by_heart_is_refused(reference):
    examiner, names = examiner_of(EXERCISES["koren-fit"]), reference.names("02_matrix_factorization")
    koren = names["koren"]
    assert examiner.verdict(koren, names, reference, seed=1).verdict == "ok"
    learn_by_heart(koren, [names["data"].train, names["data"].val])
    assert examiner._replace(rounds=0).verdict(koren, names, reference, seed=1).verdict == "ok"
    verdict, message, *_ = examiner.verdict(koren, names, reference, seed=1)
    assert verdict == "wrong"
    assert "not below that of ClassicMF" in message


def learn_by_heart(model, parts):
    """Train a model on all of `parts`, with nothing that keeps its weights small."""
    users, items, ratings = (
        torch.cat([torch.as_tensor(getattr(part, of)) for part in parts]) for of in ("users", "items", "ratings")
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(100):
        optimizer.zero_grad()
        (model(users, items)[0] - ratings).square().mean().backward()
        optimizer.step()
