"""`nbgrader autograde`, and formgrader's button Autograde, mark as `python -m grading` does: outside, in a sandbox.

nbgrader would run students' code as the instructor, and believe what the check cells say in that same process. Here it
runs nothing: where it would convert a notebook, it gets the one that `python -m grading` recorded.
"""

import subprocess
import sys
from logging import Logger
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter


class NotMarked(Exception):
    """The grader refused; the text is what it said."""


class MarkedOutside(NotebookExporter):
    """Named in nbgrader_config.py as what converts notebooks in autograde.

    nbgrader asks for each notebook twice, to sanitise and to execute it, and writes what it is given into autograded/.
    At the first notebook of a student, all that the student handed in is marked and recorded.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.marked: set[str] = set()

    def from_filename(  # type: ignore[override]  # it may be text, as nbconvert's own pages are
        self, filename: str, resources: dict[str, Any] | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook of a submission as it is recorded, and the resources."""
        assert self.parent  # nbgrader's converter
        assert resources
        course, student = self.parent.coursedir, resources["nbgrader"]["student"]
        if student not in self.marked:
            mark(Path(course.root), course.submitted_directory, student, self.log)
            self.marked.add(student)
        folder = course.format_path(course.autograded_directory, student, resources["nbgrader"]["assignment"])
        recorded = Path(folder) / Path(filename).name
        recorded.chmod(0o644)  # nbgrader is about to write it again
        return recorded.read_text(encoding="utf-8"), resources | {"output_extension": ".ipynb"}


def mark(root: Path, submitted: str, student: str, log: Logger) -> None:
    """Mark a student of the course below `root`; what was marked before and has not changed is taken as it is."""
    options: list[str | Path] = ["--course", root, "--out", root / "grades.csv", "--student", student]
    command: list[str | Path] = [sys.executable, "-m", "grading", root / submitted, *options]
    done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        log.info(line) if done.returncode == 0 else log.warning(line)
    if done.returncode > 1:
        raise NotMarked(f"{done.stderr.strip()}\nTo see more, type: python -m grading {submitted} --student {student}")
