"""`nbgrader autograde`, and formgrader's button Autograde, mark as `python -m grading` does: outside, in a sandbox.

nbgrader would run students' code as the instructor, and believe what the check cells say in that same process. Here it
runs nothing: where it would convert a notebook, it gets the one that `python -m grading` recorded. And it would copy
all files of a student's into autograded/ and feedback/, and those that their links point to. Here it copies nothing.
"""

import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from logging import Logger
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException

from grading.course import ASSIGNMENT, Course
from grading.files import student_folder
from grading.handed_in.submissions import class_folder, students
from grading.publishing.feedback import PAGE


def take_over() -> None:
    """Let nbgrader's commands go about students' files as ours do; nbgrader_config.py asks for it."""
    Autograde.init_notebooks, Autograde.init_assignment = find_everyone, copy_nothing
    GenerateFeedback.init_assignment = copy_our_page


def find_everyone(converter: Autograde) -> None:
    """List the notebooks of every student whom `python -m grading` finds, whatever they called and packed their files.

    They are listed by their names in the course; whether they were handed in is found out when they are marked.
    """
    directory, course = converter.coursedir, Course(converter.coursedir.root)
    submitted = class_folder(Path(directory.root) / directory.submitted_directory, course)
    found = [student for student, _ in students(submitted) if fnmatchcase(student, directory.student_id)]
    if not found:
        converter.log.error("%s holds nothing of a student called %s.", submitted, directory.student_id)
        raise NbGraderException  # nbgrader's command then exits with 1; it prints no exception of this kind
    names = [name for name in course.released if fnmatchcase(name, directory.notebook_id)]
    folders = [student_folder(directory.root, directory.submitted_directory, student, ASSIGNMENT) for student in found]
    converter.assignments = {str(folder): [str(folder / f"{name}.ipynb") for name in names] for folder in folders}
    converter.notebooks = []


def copy_nothing(converter: Autograde, assignment: str, student: str) -> None:
    """Leave all that a student handed in where it is: what is marked is recorded by `python -m grading`."""


def copy_our_page(converter: GenerateFeedback, assignment: str, student: str) -> None:
    """Take our own page over into feedback/, and no other file."""
    directory = converter.coursedir
    page = student_folder(directory.root, directory.autograded_directory, student, assignment) / PAGE
    place = student_folder(directory.root, directory.feedback_directory, student, assignment)
    place.mkdir(parents=True, exist_ok=True)
    if page.is_file() and not page.is_symlink():
        shutil.copyfile(page, place / PAGE)


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
