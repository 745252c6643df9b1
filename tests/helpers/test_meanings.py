"""Where a missing name is given: what errors say of it is so in the notebooks."""

import re

import pytest

from authoring.registry import Registry
from helpers.meanings import ELSEWHERE

ANSWERS = {exercise.answer: exercise.number for exercise in Registry().automatic.values()}
SAID = {
    name: found[1] for name, text in ELSEWHERE.items() if (found := re.search(r"answer to Exercise ([\d.]+):", text))
}


@pytest.mark.parametrize("name", SAID)
def test_an_answer_is_that_of_the_exercise_that_is_named(name):
    assert ANSWERS[name] == SAID[name]


def test_several_answers_are_named():
    assert len(SAID) >= 5
