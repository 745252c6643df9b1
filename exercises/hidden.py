"""The hidden tests: what the grader tries besides the check, each in the folder of its exercise. Students get none."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple


class HiddenTest(NamedTuple):
    """A test that students do not have."""

    run: Callable[..., None]  # takes the answer, the solution, a random.Random, the reference; raises Wrong
    rounds: int  # how often it is tried
    uses: tuple[str, ...]  # answers to other exercises that it takes from the student's notebook, by name


TESTS: dict[str, HiddenTest] = {}  # by the id of the exercise


def hidden(
    id: str, rounds: int = 1, uses: tuple[str, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function the hidden test of an exercise, to be tried in so many rounds."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        TESTS[id] = HiddenTest(function, rounds, uses)
        return function

    return decorate


@cache
def hidden_tests() -> dict[str, HiddenTest]:
    """Return the hidden tests, by exercise."""
    for path in sorted(Path(__file__).parent.glob("*/hidden.py")):
        import_module(f"exercises.{path.parent.name}.hidden")
    return TESTS
