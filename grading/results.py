"""Results that were reached are kept: a grading that was interrupted goes on where it was, and marks stay the same.

A result is kept under a name that says what it follows from: the submission, our notebooks, the grader and the checks,
and the key that the random inputs are drawn from. Where any of them changes, it is marked anew.
"""

import hashlib
import json
import os
from functools import cached_property
from pathlib import Path

import nbformat
import torch

import helpers
from grading.archives import Unreadable
from grading.files import replace
from grading.marking import Marked
from grading.verdicts import Mark

FOLDER = ".grading"


class Results:
    """The kept results below `root`, the course folder, and the course's key."""

    def __init__(self, course):
        self.course = course
        self.folder = course.root / FOLDER

    @cached_property
    def key(self):
        """The key that random inputs are drawn from, made once for the course: whoever knows it can foresee them."""
        path = self.folder / "key"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
        return path.read_bytes()

    @cached_property
    def grader(self):
        """A digest of all that marks depend on besides the submission."""
        digest = hashlib.sha256(self.key + torch.__version__.encode())
        packages = [Path(__file__).parent, Path(helpers.__file__).parent]
        notebooks = [self.course.root / folder / "recommenders2" for folder in ("solutions", "notebooks")]
        for path in sorted(file for folder in packages + notebooks for file in folder.rglob("*.[pi][yp]*")):
            if path.suffix in (".py", ".ipynb"):
                digest.update(path.name.encode() + path.read_bytes())
        return digest.digest()

    def path(self, submission):
        """Return where the result of a submission is kept, or would be."""
        digest = hashlib.sha256(self.grader + submission.student.encode("utf-8", "surrogatepass"))
        for name, source in submission.files.items():
            try:
                content = source.read()
            except Unreadable as unreadable:
                content = str(unreadable).encode()
            digest.update(name.encode() + hashlib.sha256(content).digest())
        return self.folder / "results" / f"{digest.hexdigest()}.json"

    def load(self, submission):
        """Return the kept result of a submission, None if there is none."""
        path = self.path(submission)
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        notebooks = {name: nbformat.from_dict(notebook) for name, notebook in kept["notebooks"].items()}
        return Marked(submission.student, [Mark(*mark) for mark in kept["marks"]], notebooks, kept["notes"])

    def save(self, submission, marked):
        """Keep a result, whole or not at all; one with an error of the grader's own is not kept."""
        if all(mark.verdict != "grader_error" for mark in marked.marks):
            replace(self.path(submission), json.dumps(marked._asdict()) + "\n")
