"""Cached results: an interrupted run continues where it stopped, and marks stay the same.

Each notebook's part has a digest of what its marks follow from, and of nothing else: the file, our solution and release
of that notebook, the modules that mark, the checks, the packages, the key that random inputs are drawn from, and
whether there was a sandbox. If any of them changes, that part is marked again.
"""

import hashlib
import json
import os
import sys
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode

from grading.course import ASSIGNMENT, ROOT, Course
from grading.files import replace
from grading.handed_in.submissions import NOTHING, Submission
from grading.seeds import keyed
from grading.verdicts import Mark, Marked, Part

FOLDER = ".grading"
PACKAGES = ("torch", "numpy", "ipython", "nbformat")  # that students' code and the checks run on


MARKING = (  # the modules that marks follow from, also those that tell the sandbox what to allow
    *(f"grading/{name}.py" for name in ("course", "files", "notebook_limits", "seeds", "texts", "verdicts")),
    *(f"grading/{room}/**/*.py" for room in ("handed_in", "sandbox", "remote", "examining")),
    *(f"authoring/{name}.py" for name in ("names", "notebooks", "registry")),
    "authoring/generator/*.py",
    "helpers/**/*.py",
    "exercises/kit/**/*.py",
    "exercises/*.py",
    "exercises/*/[chs]*.py",
)


def marking_modules() -> list[Path]:
    """Return the paths of the modules that marks follow from."""
    return sorted({path for pattern in MARKING for path in ROOT.glob(pattern)})


class Conditions(NamedTuple):
    """What else marks follow from: what an instructor may choose about how students' code runs."""

    trust: bool = False  # without a sandbox
    time: float = 1  # the usual limits of time, times this

    def __str__(self) -> str:
        """Return them in words, the same for 1 and 1.0."""
        return f"{'no ' if self.trust else ''}sandbox, {self.time:g} times the time"


class Results:
    """The cached results below the course folder, and the course's key."""

    def __init__(self, course: Course, conditions: Conditions = Conditions()) -> None:  # noqa: B008
        self.course, self.conditions = course, conditions
        self.folder = course.root / FOLDER

    @cached_property
    def key(self) -> bytes:
        """The key that random inputs are drawn from, made once per course; keep it secret, since it predicts them."""
        path = self.folder / "key"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
        return path.read_bytes()

    @cached_property
    def grader(self) -> bytes:
        """A digest of everything that all marks depend on."""
        versions = [f"{package} {version(package)}" for package in PACKAGES]
        said = "\n".join([sys.version, *versions, str(self.conditions)])
        digest = hashlib.sha256(keyed(self.key, "grader") + said.encode())
        for path in marking_modules():
            digest.update(path.name.encode() + path.read_bytes())
        return digest.digest()

    @cached_property
    def notebooks(self) -> dict[str, bytes]:
        """A digest of the solution and the release of each notebook, by name."""
        folders = [self.course.root / folder / ASSIGNMENT for folder in ("solutions", "notebooks")]
        return {
            name: b"".join(hashlib.sha256((folder / f"{name}.ipynb").read_bytes()).digest() for folder in folders)
            for name in self.course.released
        }

    def digest(self, name: str, content: str) -> str:
        """Return a digest of all that the marks for a notebook depend on; content: the digest of what was handed in."""
        return hashlib.sha256(self.grader + self.notebooks[name] + content.encode()).hexdigest()

    def path(self, student: str, kind: str = "results") -> Path:
        """Return the path of what is cached of a student: the result, the notebooks, or the digest of the published."""
        return self.folder / kind / f"{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()}.json"

    def load(self, student: str) -> Marked | None:
        """Return the cached result of a student as Marked, without its notebooks; None if it cannot be read."""
        try:
            kept = json.loads(self.path(student).read_text(encoding="utf-8"))
            parts = {name: part_from(part) for name, part in kept["parts"].items()}
            return Marked(kept["student"], parts, kept["facts"], kept["submission_notes"])
        except (OSError, ValueError, TypeError, KeyError):
            return None  # it will be marked again

    def load_notebooks(self, student: str) -> dict[str, NotebookNode]:
        """Return the notebooks of a cached result, by name."""
        kept = json.loads(self.path(student, "notebooks").read_text(encoding="utf-8"))
        return {name: nbformat.from_dict(notebook) for name, notebook in kept.items()}

    def load_whole(self, student: str) -> Marked | None:
        """Return the cached result of a student with its notebooks; None if it cannot be read."""
        kept = self.load(student)
        try:
            return with_notebooks(kept, self.load_notebooks(student)) if kept else None
        except (OSError, ValueError):
            return None

    def is_current(self, submission: Submission, kept: Marked | None) -> bool:
        """Return whether a cached result still belongs to the submission as it is now."""
        if kept is None or kept.submission_notes != submission.notes:
            return False
        for name in self.course.released:
            digest = self.digest(name, submission.digests.get(name, NOTHING))
            if name not in kept.parts or kept.parts[name].digest != digest:
                return False
        return self.path(submission.student, "notebooks").exists()

    def save(self, marked: Marked) -> None:
        """Cache a result, all or nothing; parts on which the grader itself failed will be marked again."""
        parts = {
            name: part._replace(notebook=None, digest="" if has_failed(part) else part.digest)._asdict()
            for name, part in marked.parts.items()
        }
        replace(self.path(marked.student, "notebooks"), json.dumps(marked.notebooks) + "\n")
        replace(self.path(marked.student), json.dumps(marked._asdict() | {"parts": parts}) + "\n")


def with_notebooks(marked: Marked, notebooks: dict[str, NotebookNode]) -> Marked:
    """Return a result with its notebooks added."""
    parts = {name: part._replace(notebook=notebooks.get(name)) for name, part in marked.parts.items()}
    return marked._replace(parts=parts)


def has_failed(part: Part) -> bool:
    """Return whether the grader itself failed on a notebook."""
    return any(mark.verdict == "grader_error" for mark in part.marks)


def part_from(kept: dict[str, Any]) -> Part:
    """Return a Part from the cache, without its notebook."""
    return Part(kept["digest"], [Mark(*mark) for mark in kept["marks"]], None, kept["notes"], tuple(kept["reached"]))
