"""The mutants that are no mistakes, read from mutants_that_are_right.toml, where the reasons stand."""

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "mutants_that_are_right.toml"


@cache
def reasons():
    """Return by exercise the groups of mutants that are right: {"because": a sentence, "mutants": their lines}."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def right_mutants(exercise):
    """Return the lines of the mutants of `exercise` that are right."""
    return {line for group in reasons().get(exercise, []) for line in group["mutants"]}
