"""The course as the grader knows it: exercises and notebooks, read from our own solutions and release.

Whatever decides over marks comes from here, and never from a student's file: points, ids, cell types, check cells.
"""

from functools import cached_property
from pathlib import Path

from authoring.notebooks import ROOT, read
from authoring.registry import Registry

ASSIGNMENT = "recommenders2"


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
        return Registry(self.solutions).exercises

    @cached_property
    def automatic(self):
        """The exercises that are marked automatically, by id."""
        return {id: exercise for id, exercise in self.exercises.items() if not exercise.by_hand}

    def _read(self, folder):
        return {path.stem: read(path) for path in sorted((self.root / folder / ASSIGNMENT).glob("[0-9]*.ipynb"))}
