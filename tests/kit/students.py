"""Students' submissions, made from the release, and an office that marks them and sees what is left behind."""

import hashlib
import os
import time
import uuid
from pathlib import Path

import nbformat

import grading.remote.kernel
from grading.course import ASSIGNMENT, Course
from grading.examining.marking import Marker, Seconds
from grading.handed_in.submissions import Content, find_submissions
from grading.remote.inside.limits import WAITING
from grading.remote.kernel import Kernel
from grading.sandbox.limits import Limits
from grading.sandbox.process import Sandbox
from grading.verdicts import VERDICTS

COURSE = Course()
NAMES = ONE, TWO, THREE, FOUR, *_ = tuple(COURSE.released)
SHORT = Seconds(cell=6, call=3, examination=30, submission=120, grace=2)
LONGER = Seconds(cell=20, call=5, examination=60, submission=240, grace=2)  # for others, which train
SHORTER = Seconds(cell=4, call=2, examination=20, submission=60, grace=1)  # for notebook 1, which trains nothing
TIGHT = Limits(memory=3 * 2**28, processes=40, file_bytes=2**25, scratch_bytes=2**25)
MOST_LINES = 6
NO_TRACEBACK = ("Traceback", "/usr/lib/python")


def solved(name, **answers):
    """Return the student's notebook `name`, solved; an answer is replaced where one is given: row_dot="..."."""
    notebook = nbformat.from_dict(COURSE.released[name])
    for cell in notebook.cells:
        if cell.id in COURSE.exercises:
            cell.source = answers.pop(cell.id.replace("-", "_"), COURSE.exercises[cell.id].solution)
    assert not answers, answers
    return notebook


def at(notebook, id):
    """Return the position of the cell `id`."""
    return next(n for n, cell in enumerate(notebook.cells) if cell.get("id") == id)


def with_cell(notebook, source, before=None, after=None, kind="code"):
    """Return `notebook` with one more cell: before or after the cell of that id, at the end if none is named."""
    position = at(notebook, before) if before else at(notebook, after) + 1 if after else len(notebook.cells)
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    notebook.cells.insert(position, make(source, id=f"own-{uuid.uuid4().hex[:8]}"))
    return notebook


def row_dot(body):
    """An answer to exercise 1.1 whose function consists of `body`."""
    return "def row_dot(a, b):\n" + "\n".join(f"    {line}" for line in body.strip().splitlines())


def with_row_dot(source):
    """Return notebook 1 with this answer to its only exercise."""
    return solved(ONE, row_dot=source)


def after_row_dot(source):
    """Return notebook 1, solved, with a cell of the student's own below the answer."""
    return with_cell(solved(ONE), source, after="row-dot")


def as_bytes(notebook):
    """Return a notebook as the bytes of its file."""
    return nbformat.writes(notebook).encode()


class Watched(Sandbox):
    """A sandbox that leaves a record of itself, so that a test can look whether all of it is gone."""

    started = []  # noqa: RUF012

    def __init__(self, command, folders, limits, trust, environment):
        self.mark = uuid.uuid4().hex
        super().__init__(command, folders, limits, trust, environment | {"MARK": self.mark})
        self.made = [self._lease.folder, *(self._cgroup.folders if self._cgroup else [])]
        self.held = [os.open(folder, os.O_RDONLY) for folder in self.made]
        Watched.started.append(self)

    @classmethod
    def left_since(cls, count):
        """Return what is left of the sandboxes that were started after the first `count`, and forget these."""
        ended = cls.started[count:]
        del cls.started[count:]
        return [left for sandbox in ended for left in sandbox.left()]

    def left(self):
        """Return what is left of it: processes, folders and cgroups."""
        there = [path for path, number in zip(self.made, self.held, strict=True) if not is_deleted(number)]
        for number in self.held:
            os.close(number)
        return there + running(self.mark)


def is_deleted(descriptor):
    """Whether the folder that is held by a descriptor has been removed."""
    return str(Path(f"/proc/self/fd/{descriptor}").readlink()).endswith(" (deleted)")


def running(mark):
    """Return the processes that have `mark` in their environment, and are not dead."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append(folder)
        except (OSError, ProcessLookupError):
            continue
    return found


class Office:
    """Marks submissions, and sees to it that nothing of them stays: no process, cgroup, folder, or changed file."""

    def __init__(self, reference, folder, seconds=SHORT, limits=TIGHT):
        self.folder, self.reviews = Path(folder), reference.reviews.path.parent
        self.marker = Marker(COURSE, reference, b"a key that nobody knows", seconds, limits=limits)
        self.secrets = [str(COURSE.root), str(self.folder), "a key that nobody knows"]

    def mark(self, *notebooks, student="anna", **files):
        """Return {exercise: mark} of the notebooks handed in, without those that were not."""
        named = {f"{name_of(notebook)}.ipynb": as_bytes(notebook) for notebook in notebooks}
        return self.mark_files(student, **named, **files)

    def mark_files(self, student="anna", **files):
        """Return {exercise: mark} of a student's files, by their names, as bytes."""
        for name, content in files.items():
            path = self.folder / student / ASSIGNMENT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return self.mark_all()[student]

    def mark_all(self):
        """Return {student: {exercise: mark}} of all that lies in the folder; missing notebooks are left out."""
        before, results = self.files(), {}
        for submission in find_submissions(self.folder, COURSE):
            earlier = len(Watched.started)
            result = self.marker.mark(submission)
            assert Watched.left_since(earlier) == []
            self.check(result)
            results[result.student] = {
                mark.exercise: mark for mark in result.marks if "was not handed in" not in mark.message
            }
        assert self.files() == before
        return results

    def check(self, result):
        """Hold what must hold of every result, whatever was handed in."""
        assert [mark.exercise for mark in result.marks] == list(COURSE.automatic)
        self.check_marks(result.marks)
        for notebook in result.notebooks.values():
            nbformat.validate(notebook)
            as_bytes(notebook)

    def check_marks(self, marks):
        """Hold what must hold of all marks."""
        for mark in marks:
            assert mark.verdict in VERDICTS
            assert mark.points == (mark.max_points if mark.verdict == "ok" else 0), mark
            assert len(mark.message.splitlines()) <= MOST_LINES, mark.message
            assert len(mark.message) <= 200 * MOST_LINES
            assert not any(secret in mark.message for secret in (*self.secrets, *NO_TRACEBACK)), mark.message

    def files(self):
        """Return a digest of all that a submission must not change: what was handed in, the reviews, the solutions."""
        folders = [self.folder, self.reviews, COURSE.root / "solutions", COURSE.root / "notebooks"]
        paths = sorted(path for folder in folders for path in folder.rglob("*"))
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in paths}


class Counter(Office):
    """Marks notebook 1 of many students in one sandbox, one after the other, as it marks the notebooks of one student.

    That takes a second, where a sandbox of its own takes some. What may harm the next one is for the office.
    """

    def __init__(self, reference, folder):
        super().__init__(reference, folder, SHORTER)
        self.kernel = Kernel(reference.reviews.path, SHORTER, TIGHT)

    def mark(self, notebook):
        """Return the mark for `row_dot`, of notebook 1."""
        return self.mark_file(as_bytes(notebook))

    def mark_file(self, content):
        """Return the mark for `row_dot`, of notebook 1 given as bytes."""
        return next(mark for mark in self.part_of(ONE, content).marks if mark.exercise == "row-dot")

    def mark_notebook(self, notebook):
        """Return {exercise: mark} of any notebook."""
        return {mark.exercise: mark for mark in self.part(notebook).marks}

    def part(self, notebook):
        """Return what became of any notebook."""
        return self.part_of(name_of(notebook), as_bytes(notebook))

    def part_of(self, name, content):
        """Return what became of a notebook, given as bytes."""
        self.kernel.seconds = SHORTER if name == ONE else LONGER
        self.kernel.deadline = time.monotonic() + WAITING * self.kernel.seconds.submission
        self.kernel.used -= self.kernel.cpu_seconds
        part = self.marker.part("anna", name, Content(content, "", {}), self.kernel, "")
        self.check_marks(part.marks)
        if part.notebook:
            nbformat.validate(part.notebook)
            as_bytes(part.notebook)
        return part


def name_of(notebook):
    """Return which notebook of the course this is, by the exercises in it."""
    ids = {cell.get("id") for cell in notebook.cells}
    return max(NAMES, key=lambda name: len(ids & {cell.id for cell in COURSE.released[name].cells}))


def verdicts(marks):
    """Return {exercise: verdict}."""
    return {exercise: mark.verdict for exercise, mark in marks.items()}


def not_ok(marks):
    """Return {exercise: verdict} of those that earned nothing."""
    return {exercise: verdict for exercise, verdict in verdicts(marks).items() if verdict != "ok"}


def watch(monkeypatch):
    """Let the grader's kernel start sandboxes that leave a record: they are real ones all the same."""
    monkeypatch.setattr(grading.remote.kernel, "Sandbox", Watched)
