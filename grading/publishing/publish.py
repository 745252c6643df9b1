"""Marks are published: into nbgrader's gradebook, and on a page of feedback for each student."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from sqlalchemy.engine import URL

from grading.course import ASSIGNMENT
from grading.files import in_words, replace, student_folder
from grading.handed_in.secret import secret_in
from grading.publishing.database import GradebookError, is_file, is_missing
from grading.publishing.feedback import write_feedback
from grading.publishing.gradebook import by_hand, record
from grading.running.results import Results
from grading.students import Known
from grading.verdicts import Marked


class Publisher:
    """Publishes the results of a course, one student at a time; what has not changed since is left as it is."""

    def __init__(self, results: Results, db: URL, known: Mapping[str, Known]) -> None:
        self.results, self.root, self.db = results, results.course.root, db
        self.known = known  # {student: as collected}
        # a person, or nbgrader, has written into the gradebook; of one on a server nobody can tell
        self.touched = not is_file(db) or self._seen() != self._now()
        self.failure: str | None = None  # why the gradebook takes no more

    def publish(self, marked: Marked, kept: bool = True) -> str:
        """Publish a result; return "", or why that did not succeed.

        kept: whether it is kept on the disk; one on which the grader itself failed is not, and comes again.
        """
        student = marked.student
        mine = self._digest(student) if kept else ""
        done = self.results.path(student, "published")
        known = kept and done.exists() and done.read_text() == mine and self._recorded(student)
        if known and not self.touched and not is_missing(self.db):
            return ""
        if self.failure:
            return self.failure
        try:
            self._publish(marked, self.results.load_notebooks(student) if kept else {}, known)
            replace(done, mine)
        except GradebookError as error:
            self.failure = str(error)
        except OSError as error:
            self.failure = in_words(error)
        except ValueError as error:  # a name that cannot be that of a folder
            return str(error)
        return self.failure or ""

    def _publish(self, marked: Marked, notebooks: dict[str, NotebookNode], known: bool) -> None:
        student, course = marked.student, self.results.course
        if not known or not by_hand(self.root, course, student, self.db):
            record(self.root, course, student, notebooks, marked.marks, self.db, person=self.known.get(student))
        said = by_hand(self.root, course, student, self.db)
        write_feedback(self.root, course, student, notebooks, marked.marks, said, marked.submission_notes)

    def _digest(self, student: str) -> str:
        """Return a digest of what is published of a student: the result, who it is, and of which submission it is."""
        secret = secret_in(self.root / "submitted" / student / ASSIGNMENT)  # another if the same came again
        told = f"{self.known.get(student)!r}{secret}".encode()
        return hashlib.sha256(self.results.path(student).read_bytes() + told).hexdigest()

    def close(self) -> None:
        """Note how the gradebook stands, so that a later run sees whether somebody has written into it."""
        if is_file(self.db) and not self.failure:
            replace(self._note, self._now())

    def _recorded(self, student: str) -> bool:
        """Return whether the notebooks that go with the gradebook are there: `nbgrader autograde` removes them."""
        folder = student_folder(self.root, "autograded", student, ASSIGNMENT)
        return all((folder / f"{name}.ipynb").exists() for name in self.results.course.released)

    @property
    def _note(self) -> Path:
        return self.results.folder / "gradebook"

    def _seen(self) -> str:
        return self._note.read_text() if self._note.exists() else ""

    def _now(self) -> str:
        if is_missing(self.db):
            return ""
        stat = Path(str(self.db.database)).stat()
        return f"{stat.st_mtime_ns} {stat.st_size}"
