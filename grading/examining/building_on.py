"""Which earlier answers an answer builds on, so that one slip costs one exercise and not all that follow from it."""

import re
from collections.abc import Callable, Iterable, Mapping

from authoring.names import defines, uses
from authoring.registry import Exercise
from exercises.hidden import hidden_tests
from grading.handed_in.matching import Step


def builds_on(exercise: Exercise, steps: Iterable[Step], exercises: Mapping[str, Exercise]) -> set[str]:
    """Return the earlier exercises of the notebook whose answers this one uses, itself or by way of others.

    steps: the notebook as it was run. Names are followed through the student's cells, as they stand there.
    """
    before: list[Step] = []
    for step in steps:
        if step.role == "check" and step.exercise == exercise.id:
            break
        before.append(step)
    needed, size = asked_by_name(exercise), 0
    while len(needed) > size:
        size = len(needed)
        for step in before:
            if step.role == "check":
                if answers(exercises[step.exercise]) & needed:
                    needed |= asked_by_name(exercises[step.exercise])
            elif step.exercise == exercise.id or names(step.source, defines) & needed:
                needed |= names(step.source, uses)
    return {step.exercise for step in before if step.role == "check" and answers(exercises[step.exercise]) & needed}


def asked_by_name(exercise: Exercise) -> set[str]:
    """Return the names that an exercise is judged by."""
    if exercise.plain:
        return names(exercise.check, uses)
    return {exercise.answer, *hidden_tests()[exercise.id].uses}


def answers(exercise: Exercise) -> set[str]:
    """Return the names that the answer to an exercise defines."""
    return names(exercise.solution, defines) | (set() if exercise.plain else {exercise.answer})


def names(source: str, of: Callable[[str], Iterable[str]]) -> set[str]:
    """Return the names that a cell defines, or uses; of one that is no Python alone, all words."""
    try:
        return set(of(source))
    except (SyntaxError, ValueError):
        return set(re.findall(r"[^\W\d]\w*", source))
