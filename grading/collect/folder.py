"""The folder of submissions: a folder for each student, and a list of what the platform calls them.

The list, `.students.csv`, makes names stay: who was collected before is found again by the platform's id. What the
grader is to read lies in `<student>/recommenders2/`, as it was handed in; archives are not unpacked. What a student
handed in before is kept: see history.
"""

import hashlib
import itertools
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from grading.collect.earlier import History
from grading.collect.hand_ins import Content, HandIn, Source
from grading.course import ASSIGNMENT
from grading.files import replace
from grading.handed_in.archives import Unreadable, printable
from grading.handed_in.submissions import MAX_DEPTH, NO_STUDENTS, is_archive, is_unknown_archive, without_suffix
from grading.students import Known, read_list, write_list

MAX_FILES = 100  # of a student's
MAX_BYTES = 400 * 2**20  # of a student's files, together
MAX_NAME = 120  # bytes of a name: file systems take 255, and nbgrader 128 characters of a student
NO_NAME = re.compile(r'[/\\:*?"<>|\[\]{}]')  # what one system or another, or nbgrader, does not take in a name
NEW, REPLACED, SAME, KEPT = "new", "replaced by what is handed in now", "as before", "left as it is"


class Outcome(NamedTuple):
    """What became of one hand-in."""

    student: str
    state: str  # one of NEW, REPLACED, SAME, KEPT
    files: int
    notes: list[str]


class Folder:
    """A folder of submissions that hand-ins of one Source are put into.

    in_time: whether a hand-in that is late leaves one that was in time as it is.
    """

    def __init__(self, path: str | Path, source: Source, in_time: bool = False) -> None:
        self.path, self.platform, self.ordered = Path(path).resolve(), source.platform, source.ordered
        self.path.mkdir(parents=True, exist_ok=True)
        self.in_time, self.history = in_time, History(self.path)
        self.known = {(row.platform, row.id): row for row in read_list(path)}
        names = [folded(folder_name(hand_in.name)) for hand_in in source.hand_ins]
        self.shared = {name for name in names if names.count(name) > 1}

    def take(self, hand_in: HandIn) -> Outcome:
        """Put a hand-in where it belongs; return its Outcome. Raises CollectError."""
        before = self.known.get((self.platform, hand_in.id))
        student = before.student if before else self._name(hand_in)
        with hand_in.content() as content, self._scratch() as scratch:
            count, notes = write(scratch / "new" / ASSIGNMENT, content)
            now = self._row(student, hand_in, content)._replace(digest=digest(scratch / "new"))
            state, why = self._decide(before, now)
            if before:
                self.history.number(before)
            if state in (NEW, REPLACED):
                old = self.history.place(before) if before and state == REPLACED else scratch / "old"
                put(scratch / "new", self.path / student, old)
            elif before and not self.history.knows(now):
                put(scratch / "new", self.history.place(now), scratch / "old")
                self.history.write()
            if state != KEPT and now != before:
                self.known[self.platform, hand_in.id] = now
                write_list(self.path, self.known.values())
                self.history.note(now)
                self.history.write()
        return Outcome(student, state, count, [*why, *content.notes, *notes])

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=f".{self.path.name}.") as folder:
            yield Path(folder)

    def _row(self, student: str, hand_in: HandIn, content: Content) -> Known:
        when = "" if content.time is None else written_time(content.time)
        modified = max((file.modified for file in content.files), default=0)
        late = "yes" if hand_in.late else ""
        names = (student, self.platform, hand_in.id, hand_in.name, hand_in.email, hand_in.submission)
        return Known(*names, late, when, f"{modified:.0f}", digest="")

    def _decide(self, before: Known | None, now: Known) -> tuple[str, list[str]]:
        """Return what to do with a hand-in, and sentences for whoever should look at it."""
        place = self.path / now.student
        if archives := self._archives(now.student):
            return KEPT, [f"{archives[0]} is of the same name, and was not collected: rename or remove it."]
        if not os.path.lexists(place):
            return NEW, []
        if before is None:
            return KEPT, [f"{place} was not collected from here: rename or remove it to collect this one."]
        if before.digest == now.digest:
            return SAME, []
        if chosen := self.history.chosen(now.student):
            return KEPT, [f"You said that hand-in {chosen.number} counts: this one is kept beside it."]
        if self.in_time and now.late and not before.late:
            return KEPT, ["This one is late, and the one before was not: it is kept beside that."]
        if digest(place) != before.digest:
            return KEPT, [f"{place} was changed after it was collected: rename or remove it to collect anew."]
        if self.ordered and float(now.modified) < float(before.modified):
            return KEPT, [f"This is an earlier hand-in than {place}: remove that to collect this one."]
        return REPLACED, []

    def _archives(self, student: str) -> list[Path]:
        """Return archives that the grader would take for this student's."""
        files = (path for path in self.path.iterdir() if is_archive(path.name) or is_unknown_archive(path.name))
        return [path for path in files if not path.is_dir() and folded(without_suffix(path.name)) == folded(student)]

    def _name(self, hand_in: HandIn) -> str:
        """Return a name for a new student, other than all others'; of two that share a name, each gets the id."""
        name, taken = folder_name(hand_in.name), {folded(row.student) for row in self.known.values()}
        if not name or name in NO_STUDENTS or folded(name) in self.shared | taken:
            name = folder_name(f"{name} {hand_in.id}") or "student"
        numbered = (name if n == 1 else f"{name} ({n})" for n in itertools.count(1))
        return next(tried for tried in numbered if folded(tried) not in taken)


def put(new: Path, place: Path, old: Path) -> None:
    """Move a folder to its place; what is there goes to `old`, and comes back if that fails."""
    for folder in (place, old):
        folder.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        if old.exists():  # it is the same hand-in, which counted before and counts no more
            shutil.rmtree(old)
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def folder_name(name: str) -> str:
    """Return a name as files and folders can have it on any system; of a long one, the middle is left out."""
    text = " ".join(NO_NAME.sub(" ", printable(unicodedata.normalize("NFC", name))).split())
    text = text.lstrip(" .-~").rstrip(" .")
    if len(text.encode()) > MAX_NAME:
        return text.encode()[: MAX_NAME - 60].decode(errors="ignore") + "..." + text[-12:]
    return text


def folded(name: str) -> str:
    """Return a name as those systems see it that do not tell capital from small letters."""
    return name.casefold()


def write(folder: Path, content: Content) -> tuple[int, list[str]]:
    """Write what a student handed in; return the number of files, and notes on what was left out."""
    folder.mkdir(parents=True)
    count, notes, left = 0, [], MAX_BYTES
    for file in sorted(content.files, key=lambda file: file.path):
        shown, path = printable("/".join(file.path)), [folder_name(part) or "_" for part in file.path]
        if path[0] == ASSIGNMENT:
            path = path[1:] or path
        if len(path) > MAX_DEPTH - 1:
            notes.append(f"{shown} lies too deep within folders.")
        elif count == MAX_FILES:
            notes.append(f"There are more than {MAX_FILES} files; the first {MAX_FILES} were taken.")
            break
        else:
            try:
                data = file.read()
            except Unreadable as error:
                notes.append(str(error))
                continue
            left -= len(data)
            if left < 0:
                notes.append(f"{shown} and what follows make more than {MAX_BYTES // 2**20} MB.")
                break
            write_one(folder, path, data, file.modified)
            count += 1
    if content.time is not None:
        replace(folder / "timestamp.txt", written_time(content.time) + "\n")
    return count, notes


def write_one(folder: Path, path: list[str], data: bytes, modified: float) -> None:
    """Write a file below a folder; where something is in its way, into another folder there."""
    for n in itertools.count(1):
        target = folder.joinpath(*([] if n == 1 else [f"another {n}"]), *path)
        if os.path.lexists(target):
            continue
        try:
            replace(target, data)
        except (FileExistsError, NotADirectoryError):  # a file lies where a folder of this name belongs
            continue
        with suppress(OSError, OverflowError):  # a time that the disk cannot keep is of no use to the grader
            os.utime(target, (modified, modified))
        return


def written_time(seconds: float) -> str:
    """Return a time as nbgrader reads it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def digest(folder: Path) -> str:
    """Return a digest of what lies below a folder, but for the time of handing in, and for what tools leave there."""
    total = hashlib.sha256()
    for above, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if name not in NO_STUDENTS)
        for path in (Path(above, name) for name in sorted([*names, *inner])):
            if path.name == "timestamp.txt" or (path.is_dir() and not path.is_symlink()):
                continue
            is_file = path.is_file() and not path.is_symlink()
            content = hashlib.sha256(path.read_bytes()).digest() if is_file else b"no file"
            total.update(os.fsencode(path.relative_to(folder)) + b"\0" + content)
    return total.hexdigest()
