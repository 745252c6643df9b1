"""The result of marking a submission: a part for each notebook."""

from typing import NamedTuple

from grading.archives import Unreadable
from grading.verdicts import Mark


class Part(NamedTuple):
    """What became of one notebook of a submission."""

    digest: str  # of all that its marks follow from
    marks: list[Mark]
    notebook: object  # for nbgrader; None if it is missing or unreadable
    notes: list[str]  # sentences for the instructor


class Marked(NamedTuple):
    """A submission, marked: one mark for each automatic exercise of the course."""

    student: str
    parts: dict[str, Part]  # by the notebook's name
    facts: dict  # for the audit: files, seconds, memory
    submission_notes: list[str]

    @property
    def marks(self):
        """All marks."""
        return [mark for part in self.parts.values() for mark in part.marks]

    @property
    def notebooks(self):
        """The notebooks that could be read, by name."""
        return {name: part.notebook for name, part in self.parts.items() if part.notebook}

    @property
    def notes(self):
        """All sentences for the instructor."""
        return [*self.submission_notes, *(note for part in self.parts.values() for note in part.notes)]


def content_of(submission, name):
    """Return the bytes of a notebook that was handed in, and why there are none: None and "" if it is missing."""
    if name not in submission.files:
        return None, ""
    try:
        return submission.files[name].read(), ""
    except Unreadable as unreadable:
        return None, str(unreadable)
