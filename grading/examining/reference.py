"""What our own solutions give, run in the grader's process on the graded reviews: the names that notebooks define."""

import contextlib
import io
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from nbformat.notebooknode import NotebookNode

from exercises.kit.factorization import mean_squared_error
from grading.course import Course
from grading.examining.graded_reviews import Evidence, GradedReviews

FACTORIZATION = "02_matrix_factorization"
LEFT_OUT = "not-graded"  # tag of the given cells that train what no exercise is judged by


class Reference:
    """The solutions of `course`, and the reviews that they and the submissions are run on, kept in `folder`.

    A solution notebook runs when its names are asked for first. `whole()` runs all of them, before a worker forks.
    """

    def __init__(self, course: Course, folder: str | Path, seed: int) -> None:
        self.course, self.reviews = course, GradedReviews(folder, seed)
        self._names: dict[str, dict[str, Any]] = {}

    def names(self, notebook: str) -> dict[str, Any]:
        """Return the names that a solution notebook defines."""
        if notebook not in self._names:
            with self._quiet():
                self._names[notebook] = run(self.course.solutions[notebook])
        return self._names[notebook]

    def whole(self) -> "Reference":
        """Run what was not yet asked for; return the reference."""
        for notebook in self.course.solutions:
            self.names(notebook)
        if FACTORIZATION in self.course.solutions:  # a course of one's own may do without
            _ = self.unseen_errors, self.evidence  # computed here, and not in each fork
        return self

    @cached_property
    def unseen(self) -> SimpleNamespace:
        """The graded reviews, with validation ratings that no sandbox ever held."""
        return self.reviews.unseen(self.names(FACTORIZATION)["data"])

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """What is behind the validation and the test ratings that submissions see."""
        return self.reviews.evidence(self.names(FACTORIZATION)["data"])

    @cached_property
    def unseen_errors(self) -> dict[str, float]:
        """The mean squared errors on these ratings, of ClassicMF and of the mean of training."""
        names, val = self.names(FACTORIZATION), self.unseen.val
        return {
            "ClassicMF": mean_squared_error(names["classic"], val),
            "the mean": float(((val.ratings - names["train_mean"]) ** 2).mean()),
        }

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Let notebooks read the graded reviews, say nothing, and leave torch as they found it."""
        threads, named = torch.get_num_threads(), os.environ.get("RECSYS_REVIEWS")
        os.environ["RECSYS_REVIEWS"] = str(self.reviews.path)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            torch.set_num_threads(threads)
            del os.environ["RECSYS_REVIEWS"]
            os.environ |= {"RECSYS_REVIEWS": named} if named else {}


def left_out(notebook: NotebookNode) -> set[str]:
    """Return the ids of the cells of a solution notebook that grading does without."""
    return {cell.id for cell in notebook.cells if LEFT_OUT in cell.metadata.get("tags", [])}


def run(notebook: NotebookNode) -> dict[str, Any]:
    """Run the cells of a solution notebook that grading needs; return the names they define."""
    names, unwanted = {"__name__": "__main__"}, left_out(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id not in unwanted and not cell.source.startswith("checks."):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names
