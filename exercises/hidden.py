"""The hidden tests: what the grader tries besides the check, each in the folder of its exercise. Students get none."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

TESTS = {}  # id -> HiddenTest


class HiddenTest(NamedTuple):
    """A test that students do not have."""

    run: Callable  # takes the answer, the solution, a random.Random, the reference; raises Wrong
    rounds: int  # how often it is tried


def hidden(id, rounds=3):
    """Make a function the hidden test of an exercise, to be tried in so many rounds."""

    def decorate(function):
        TESTS[id] = HiddenTest(function, rounds)
        return function

    return decorate


@cache
def hidden_tests():
    """Return the hidden tests, by exercise."""
    for path in sorted(Path(__file__).parent.glob("*/hidden.py")):
        import_module(f"exercises.{path.parent.name}.hidden")
    return TESTS
