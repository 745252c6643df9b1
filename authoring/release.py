"""The student version: what nbgrader makes of the solutions, plus what a student's notebook needs."""

import subprocess
import sys

from nbgrader.preprocessors import NbGraderPreprocessor

from authoring.notebooks import ROOT, normalise, read, write


class StudentVersion(NbGraderPreprocessor):
    """The last step of `nbgrader generate_assignment`: a file that is the same each time, and that runs to its end.

    A cell that fails normally ends "Run All Cells". The tag `raises-exception` lets Jupyter go on, so that one who
    leaves an exercise for later still sees what each later cell says.
    """

    def preprocess(self, nb, resources):
        """Normalise the notebook, empty its counts, and let each code cell fail without ending the run."""
        normalise(nb)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.execution_count = None
                cell.metadata["tags"] = ["raises-exception"]
        return nb, resources


def release(assignment="recommenders2"):
    """Run `nbgrader generate_assignment` in the project's root; return its exit code."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def normalise_files(paths):
    """Normalise the notebooks at `paths` in place; return those that changed."""
    return [path for path in paths if write(normalise(read(path)), path)]
