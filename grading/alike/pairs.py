"""Pairs of students whose answers agree far beyond what the task dictates: how much, and where. Never a verdict.

What the stub or the solution says counts for nothing, nor does what many of the class say.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from authoring.registry import Exercise
from grading.alike.fingerprints import Fingerprints, fingerprints

# measured by `python -m tools.alike`
MANY, FEWEST = 0.1, 5  # what more than this share of the class has, and more than so many students, is nobody's own
ALIKE = 0.85  # share of fingerprints in common, of the answer that has more, from which two answers agree
IN_ONE, IN_ALL = 3, 5  # lines that agree in one answer, or in all of them, from which a pair is named

Answers = Mapping[str, Mapping[str, str]]  # {student: {exercise: source}}


class Agreement(NamedTuple):
    """How two answers to an exercise agree, apart from what is nobody's own."""

    exercise: str
    share: float  # of fingerprints in common
    lines: tuple[set[int], set[int]]  # the numbers of the lines that have them, in each answer

    @property
    def size(self) -> int:
        """The number of lines that agree."""
        return min(map(len, self.lines))


class Pair(NamedTuple):
    """Two students, and where their answers agree."""

    students: tuple[str, str]
    agreements: list[Agreement]  # in the order of the exercises

    @property
    def size(self) -> int:
        """The number of lines that agree, in all exercises."""
        return sum(agreement.size for agreement in self.agreements)

    @property
    def far(self) -> bool:
        """Whether they agree so far that a person should look."""
        return self.size >= IN_ALL or max(agreement.size for agreement in self.agreements) >= IN_ONE


def alike(answers: Answers, exercises: Mapping[str, Exercise]) -> list[Pair]:
    """Return the pairs that agree far, those that agree most first."""
    found = defaultdict[tuple[str, str], list[Agreement]](list)
    for id, exercise in exercises.items():
        prints = {student: fingerprints(given[id]) for student, given in sorted(answers.items()) if id in given}
        for students, agreement in agreements(id, own(prints, exercise)):
            found[students].append(agreement)
    pairs = [Pair(students, agreed) for students, agreed in found.items()]
    return sorted((pair for pair in pairs if pair.far), key=lambda pair: (-pair.size, pair.students))


def own(prints: Mapping[str, Fingerprints], exercise: Exercise) -> dict[str, Fingerprints]:
    """Return each student's own fingerprints: without those of the stub, of the solution, and of many students."""
    counts = Counter(mark for found in prints.values() for mark in found)
    most = max(FEWEST, MANY * len(prints))
    common = dictated(exercise) | {mark for mark, count in counts.items() if count > most}
    return {student: {mark: found[mark] for mark in found.keys() - common} for student, found in prints.items()}


def dictated(exercise: Exercise) -> set[int]:
    """Return the fingerprints of an exercise's stub and of its solution."""
    return {*fingerprints(exercise.stub), *fingerprints(exercise.solution)}


def agreements(id: str, own: Mapping[str, Fingerprints]) -> Iterator[tuple[tuple[str, str], Agreement]]:
    """Yield each two students whose answers to an exercise agree, and how."""
    holders = defaultdict[int, list[str]](list)
    for student, found in own.items():
        for mark in found:
            holders[mark].append(student)
    shared = Counter(pair for students in holders.values() for pair in combinations(students, 2))
    for pair, count in shared.items():
        one, other = (own[student] for student in pair)
        share = count / max(len(one), len(other))
        if share >= ALIKE:
            yield pair, Agreement(id, share, (lines_of(one, other), lines_of(other, one)))


def lines_of(one: Fingerprints, other: Fingerprints) -> set[int]:
    """Return the numbers of the lines of `one` whose fingerprints are also of the other."""
    return {line for mark in one.keys() & other.keys() for line in one[mark]}
