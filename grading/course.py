"""The course as the grader knows it: exercises and notebooks, read from our own solutions and release.

Whatever decides over marks comes from here, and never from a student's file: points, ids, cell types, check cells.
"""

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from authoring.notebooks import ROOT, read

ASSIGNMENT = "recommenders2"


class Exercise(NamedTuple):
    """An exercise with its answer cell, as released and as solved, and its check cell."""

    id: str
    notebook: str  # its name without .ipynb
    points: float
    by_hand: bool  # marked by a person
    released: str  # source of the answer cell that students are given
    solution: str  # source of the answer cell in the solution notebook
    check: str  # source of the check cell; empty if marked by hand


class Course:
    """The notebooks below `root`: solutions/recommenders2/ and notebooks/recommenders2/."""

    def __init__(self, root=ROOT):
        self.root = Path(root)

    @cached_property
    def solutions(self):
        """The solution notebooks, by name and in order."""
        return self._read("solutions")

    @cached_property
    def released(self):
        """The student notebooks, by name and in order."""
        return self._read("notebooks")

    @cached_property
    def exercises(self):
        """All exercises in the order of the session, by id."""
        found = [exercise for name in self.released for exercise in self._exercises(name)]
        return {exercise.id: exercise for exercise in found}

    @cached_property
    def automatic(self):
        """The exercises that are marked automatically, by id."""
        return {id: exercise for id, exercise in self.exercises.items() if not exercise.by_hand}

    def _read(self, folder):
        return {path.stem: read(path) for path in sorted((self.root / folder / ASSIGNMENT).glob("[0-9]*.ipynb"))}

    def _exercises(self, name):
        released = {cell.id: cell for cell in self.released[name].cells}
        solved = {cell.id: cell.source for cell in self.solutions[name].cells}
        for id, cell in released.items():
            nbgrader = cell.metadata.get("nbgrader", {})
            if not nbgrader.get("solution"):
                continue
            check = released.get(f"check-{id}")
            points = (check or cell).metadata.nbgrader.points
            yield Exercise(id, name, points, check is None, cell.source, solved[id], check.source if check else "")
