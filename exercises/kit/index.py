"""The index of the exercises: numbers, titles and points, as the release reads them in the notebooks."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "index.json"


class Entry(NamedTuple):
    """What a check and the summary say of an exercise."""

    id: str
    notebook: int  # 1 for the first
    number: str  # "2.1"
    title: str
    points: float
    by_hand: bool  # marked by a person


@cache
def entries() -> dict[str, Entry]:
    """Return the entries of all exercises, by id and in the order of the session."""
    return {told["id"]: Entry(**told) for told in json.loads(FILE.read_text(encoding="utf-8"))}


def entry(id: str) -> Entry:
    """Return the entry of an exercise. Raises LookupError if it has none."""
    if id not in entries():
        raise LookupError(f"{FILE.name} does not know the exercise {id!r}. Type: python -m authoring release")
    return entries()[id]
