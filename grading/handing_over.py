"""Marks reach those who read them: nbgrader's gradebook, and a page of feedback for each student."""

import hashlib

from grading.course import ASSIGNMENT
from grading.feedback import write_feedback
from grading.files import replace, student_folder
from grading.gradebook import GradebookError, by_hand, record


class HandingOver:
    """Hands over the results of a course, one student at a time; what has not changed since is left as it is."""

    def __init__(self, results):
        self.results, self.root = results, results.course.root
        self.touched = self._seen() != self._now()  # a person, or nbgrader, has written into the gradebook
        self.failure = None  # why the gradebook takes no more

    def hand_over(self, marked):
        """Hand over a result that is kept; return "", or why the gradebook did not take it."""
        student = marked.student
        text = self.results.path(student).read_bytes()
        mine, done = hashlib.sha256(text).hexdigest(), self.results.path(student, "handed-over")
        known = done.exists() and done.read_text() == mine and self._recorded(student)
        if known and not self.touched and self._gradebook.exists():
            return ""
        if self.failure:
            return self.failure
        notebooks, course = self.results.load_notebooks(student), self.results.course
        try:
            if not known or not by_hand(self.root, course, student):
                record(self.root, course, student, notebooks, marked.marks)
            write_feedback(self.root, course, student, notebooks, marked.marks, by_hand(self.root, course, student))
        except GradebookError as error:
            self.failure = str(error)
            return self.failure
        except ValueError as error:  # a name that cannot be that of a folder
            return str(error)
        replace(done, mine)
        return ""

    def close(self):
        """Note how the gradebook stands, so that a later run sees whether somebody has written into it."""
        if not self.failure:
            replace(self._note, self._now())

    def _recorded(self, student):
        """Return whether the notebooks that go with the gradebook are there: `nbgrader autograde` removes them."""
        folder = student_folder(self.root, "autograded", student, ASSIGNMENT)
        return all((folder / f"{name}.ipynb").exists() for name in self.results.course.released)

    @property
    def _gradebook(self):
        return self.root / "gradebook.db"

    @property
    def _note(self):
        return self.results.folder / "gradebook"

    def _seen(self):
        return self._note.read_text() if self._note.exists() else ""

    def _now(self):
        if not self._gradebook.exists():
            return ""
        stat = self._gradebook.stat()
        return f"{stat.st_mtime_ns} {stat.st_size}"
