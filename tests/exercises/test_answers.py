"""Every check, held against the bank of students' answers."""

import ast

import pytest

from exercises.kit import expect as verdict
from tests.kit import answer_bank
from tests.kit.answer_bank import (
    EXERCISES,
    answers,
    complaints_about_acceptance,
    complaints_about_refusal,
    complaints_about_words,
    hand_in,
)

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


def bank(kind):
    """Return all answers of a kind as parameters with readable ids."""
    return [
        pytest.param(exercise, file.read_text(encoding="utf-8"), id=f"{exercise}/{file.stem}")
        for exercise in EXERCISES
        for file in answers(kind, exercise)
    ]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_bank_is_large_enough_to_mean_something(exercise):
    assert len(answers("right", exercise)) >= 6
    assert len(answers("wrong", exercise)) >= 10


@pytest.mark.parametrize(("exercise", "source"), bank("right"))
def test_a_right_answer_gets_its_points_in_one_line(exercise, source):
    assert complaints_about_acceptance(hand_in(exercise, source)) == []


@pytest.mark.long
@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_chance_refuses_a_right_answer(exercise, monkeypatch):
    own = verdict.own_random_numbers
    for seed in range(1, 6):
        monkeypatch.setattr(verdict, "own_random_numbers", lambda _, seed=seed: own(seed))
        for file in answers("right", exercise)[: 2 if exercise == "koren-fit" else None]:
            assert complaints_about_acceptance(hand_in(exercise, file.read_text(encoding="utf-8"))) == [], (seed, file)


@pytest.mark.filterwarnings("ignore:Using a target size")  # torch, on a column that meets a row
@pytest.mark.parametrize(("exercise", "source"), bank("wrong"))
def test_a_wrong_answer_is_told_in_a_few_lines_what_is_wrong(exercise, source):
    outcome = hand_in(exercise, source)
    assert complaints_about_refusal(outcome, exercise) + complaints_about_words(outcome, source) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_answer_is_in_the_bank_twice(exercise):
    for kind in ("right", "wrong"):
        trees = [ast.dump(ast.parse(file.read_text(encoding="utf-8"))) for file in answers(kind, exercise)]
        assert len(set(trees)) == len(trees)


def test_an_endless_answer_is_stopped(monkeypatch):
    monkeypatch.setattr(answer_bank, "SECONDS", 0.2)
    outcome = hand_in("row-dot", "def row_dot(a, b):\n    while True:\n        pass")
    assert outcome.refusal == answer_bank.TOO_SLOW
