"""What our own solutions give, run in the grader's process on the graded reviews: the names that notebooks define."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from nbformat.notebooknode import NotebookNode

from exercises.kit.factorization import mean_squared_error
from grading.course import Course
from grading.examining.graded_reviews import GradedReviews

LEFT_OUT = "not-graded"  # tag of the given cells that train what no exercise is judged by


class Reference:
    """The solutions of `course`, and the reviews that they and the submissions are run on, kept in `folder`."""

    def __init__(self, course: Course, folder: str | Path, seed: int) -> None:
        self.course, self.reviews = course, GradedReviews(folder, seed)
        with self._quiet():
            self.names = {name: run(notebook) for name, notebook in course.solutions.items()}
        names = self.names["02_matrix_factorization"]
        self.unseen = self.reviews.unseen(names["data"])
        self.unseen_errors = {
            "ClassicMF": mean_squared_error(names["classic"], self.unseen.val),
            "the mean": float(((self.unseen.val.ratings - names["train_mean"]) ** 2).mean()),
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
