"""nbgrader's exchange, as a hub has it: `inbound`, with a folder for each time that somebody pressed Submit.

A folder is called `ada+recommenders2+2026-11-24 10:00:00.000000 UTC+3Jx...` by whoever made it. So whose it is, is read
from the account that owns it. Students may change what is theirs at any time: no link of theirs is followed, and no
file is taken that belongs to somebody else.
"""

import os
import pwd
import re
import stat
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from grading.collect.hand_ins import CollectError, Content, File, HandIn, Source, in_line, is_looked_at
from grading.course import ASSIGNMENT
from grading.handed_in.archives import Source as Place
from grading.handed_in.archives import Unreadable, opened, printable
from grading.handed_in.secret import SECRET
from grading.handed_in.submissions import MAX_ENTRIES, NO_STUDENTS

NAME = re.compile(
    r"(?P<name>.*)\+(?P<assignment>[^+]*)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(\+[^+]*)?", re.DOTALL
)
NBGRADERS = (SECRET, "timestamp.txt")  # beside what was handed in
CLOCKS_DIFFER = 600  # seconds
AGAIN = "Nothing of it was taken: ask for it to be submitted again."


class Submitted(NamedTuple):
    """A folder in the exchange."""

    folder: Path
    owner: int  # the number of the account
    name: str  # whose it says that it is
    time: float  # when it says that it was submitted, in seconds
    changed: float  # when it was last changed, as the file system knows


def is_inbound(path: Path) -> bool:
    """Whether a folder is where an exchange keeps what was submitted."""
    return path.is_dir() and path.name == "inbound"


def submissions(inbound: Path, deadline: datetime | None) -> Source:
    """Return the Source of an exchange: for each account what it submitted last, of before the `deadline` if any."""
    found, notes = defaultdict[int, list[Submitted]](list), []
    for path in listed(inbound):
        read = NAME.fullmatch(path.name)
        status = path.lstat()
        if read and read["assignment"] != ASSIGNMENT:
            continue
        if not (read and stat.S_ISDIR(status.st_mode) and (time := seconds(read["time"]))):
            notes.append(f"{printable(path.name)}, of {account(status.st_uid)}, is no submission.")
            continue
        found[status.st_uid].append(Submitted(path, status.st_uid, read["name"], time, status.st_ctime))
    if not found:
        raise CollectError(f"{inbound} holds no submission of {ASSIGNMENT}.")
    hand_ins = [hand_in(account(owner), theirs, deadline) for owner, theirs in found.items()]
    return Source("exchange", "nbgrader's exchange", sorted(hand_ins), notes)


def listed(inbound: Path) -> list[Path]:
    """Return what lies in the folder, which only the account may list that released the assignment."""
    try:
        return sorted(inbound.iterdir())
    except PermissionError:
        raise CollectError(f"{inbound} is closed to you: collect as the account that released the session.") from None


def seconds(text: str) -> float | None:
    """Return the time that nbgrader wrote into a name, in seconds; None if it is none."""
    from nbgrader.utils import parse_utc  # here: it takes a second, which other platforms need not wait

    try:
        return parse_utc(text).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def account(number: int) -> str:
    """Return the name of an account."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def hand_in(owner: str, theirs: list[Submitted], deadline: datetime | None) -> HandIn:
    """Return the HandIn of an account: its last submission, of before the `deadline` if any."""
    in_time = [one for one in theirs if deadline is None or one.time <= deadline.timestamp()]
    last = max(in_time, key=lambda one: one.time, default=None)
    return HandIn(owner, owner, partial(content, owner, last))


@contextmanager
def content(owner: str, last: Submitted | None) -> Iterator[Content]:
    """Yield the Content of a submission, None if there is none in time; raises CollectError if it cannot be read."""
    if last is None:
        yield Content([], None, ["Nothing was submitted before the deadline."])
        return
    notes = []
    if last.name != owner:
        notes.append(f"It calls itself {printable(last.name)}'s. {owner} owns it, and was taken for who submitted it.")
    if abs(last.changed - last.time) > CLOCKS_DIFFER:
        notes.append(f"It says that it is of {moment(last.time)}, but was changed at {moment(last.changed)}.")
    try:
        found, left_out = files(last)
    except OSError as error:
        raise CollectError(f"{printable(str(error.filename))}: {error.strerror}. {AGAIN}") from None
    own = [file for file in found if is_looked_at(file.path) or file.path == (SECRET,)]
    others = ["/".join(file.path) for file in found if file not in own and file.path[-1] not in NBGRADERS]
    if others:
        left_out.append(f"left out: {in_line(others, 3)} (no notebook and no archive)")
    yield Content(own, last.time, notes + left_out)


def files(submitted: Submitted) -> tuple[list[File], list[str]]:
    """Return the files of a submission, as of the time when it was made, and notes on what is left out."""
    found, notes, count = [], [], 0
    for above, inner, names in os.walk(submitted.folder, onerror=stop):
        inner[:] = sorted(name for name in inner if name not in NO_STUDENTS)
        for path in (Path(above, name) for name in [*inner, *sorted(names)]):
            count += 1
            if count > MAX_ENTRIES:
                raise CollectError(f"It holds more than {MAX_ENTRIES:,} files: ask for the notebooks by themselves.")
            parts, status = path.relative_to(submitted.folder).parts, path.lstat()
            shown = printable("/".join(parts))
            if stat.S_ISLNK(status.st_mode):
                notes.append(f"{shown} is a link, and links are not followed.")
            elif stat.S_ISREG(status.st_mode) and status.st_uid != submitted.owner:
                notes.append(f"{shown} is {account(status.st_uid)}'s, and was left out.")
            elif stat.S_ISREG(status.st_mode) and not parts[-1].startswith("."):
                found.append(File(parts, submitted.time, readable(Place(submitted.folder, parts)).read))
    return found, notes


def stop(error: OSError) -> None:
    """Give up a submission of which a folder cannot be listed."""
    raise error


def readable(place: Place) -> Place:
    """Return the place of a file that can be opened; give up the submission if it cannot."""
    try:
        with opened(place):
            return place
    except Unreadable as error:
        raise CollectError(f"{error} {AGAIN}") from None


def moment(time: float) -> str:
    """Return a time as people here write it."""
    return f"{datetime.fromtimestamp(time):%Y-%m-%d %H:%M}"
