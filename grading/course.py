"""The course as the grader knows it: exercises and notebooks, read from our own solutions and release.

Whatever decides over marks comes from here, and never from a student's file: points, ids, cell types, check cells.
"""

from functools import cached_property
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from authoring.notebooks import ROOT, read
from authoring.registry import Exercise, Registry

ASSIGNMENT = "recommenders2"


class Course:
    """The notebooks below `root`: solutions/recommenders2/ and notebooks/recommenders2/."""

    def __init__(self, root: str | Path = ROOT) -> None:
        self.root = Path(root)

    @cached_property
    def solutions(self) -> dict[str, NotebookNode]:
        """The solution notebooks, by name and in order."""
        return self._read("solutions")

    @cached_property
    def released(self) -> dict[str, NotebookNode]:
        """The student notebooks, by name and in order."""
        return self._read("notebooks")

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """All exercises in the order of the session, by id."""
        return Registry(self.solutions).exercises

    @cached_property
    def automatic(self) -> dict[str, Exercise]:
        """The exercises that are marked automatically, by id."""
        return {id: exercise for id, exercise in self.exercises.items() if not exercise.by_hand}

    def _read(self, folder: str) -> dict[str, NotebookNode]:
        return {path.stem: read(path) for path in sorted((self.root / folder / ASSIGNMENT).glob("[0-9]*.ipynb"))}
