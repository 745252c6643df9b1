"""The mutants that are no mistakes, read from `exercises/<id>/equivalent.toml`, where the reasons stand.

A mutant is known by what its line becomes; `tests/kit/mutants.py` makes them all. "By the contract" means: by what the
exercise promises to whoever uses the answer, its shapes and values, not by how the solution comes to them.
"""

import tomllib
from functools import cache

from authoring.registry import EXERCISES


@cache
def reasons(exercise):
    """Return the groups of mutants of an exercise that are right: {"because": a sentence, "mutants": their lines}."""
    path = EXERCISES / exercise / "equivalent.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", []) if path.exists() else []


def equivalent_mutants(exercise):
    """Return the lines of the mutants of `exercise` that are right."""
    return {line for group in reasons(exercise) for line in group["mutants"]}
