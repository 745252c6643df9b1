"""What a platform holds of each student, in one form for all platforms."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from grading.handed_in.archives import printable
from grading.handed_in.submissions import NO_STUDENTS, OURS, is_module, is_unknown_archive, is_wanted


class CollectError(Exception):
    """What cannot be collected; the text says why, and what to do."""


class File(NamedTuple):
    """A file that a student handed in."""

    path: tuple[str, ...]  # folders and name, below what is the student's own
    modified: float  # seconds
    read: Callable[[], bytes]  # raises Unreadable


class Content(NamedTuple):
    """What one student handed in, as it stands there now."""

    files: list[File]
    time: float | None  # when, in seconds; None if the source does not say
    notes: list[str]  # on what is left out, and why


class HandIn(NamedTuple):
    """A student who handed in, as the platform names them."""

    id: str  # the platform's: one student has one
    name: str  # readable; two students may have the same
    content: Callable[[], AbstractContextManager[Content]]  # raises CollectError
    email: str = ""
    submission: str = ""  # the platform's number of the submission, if it says one
    late: bool = False  # as the platform says


class Source(NamedTuple):
    """All that was found at one place."""

    platform: str  # moodle, canvas, github, exchange, folder
    words: str  # what it is, in words
    hand_ins: list[HandIn]
    notes: list[str]  # on what belongs to nobody, and on the whole
    ordered: bool = True  # whether a file that is older than the one collected before is an earlier hand-in


def at_hand(
    files: Iterable[File], time: float | None = None, notes: Iterable[str] = ()
) -> Callable[[], AbstractContextManager[Content]]:
    """Return the `content` of a HandIn whose files are all there."""
    content = Content(list(files), time, list(notes))
    return lambda: nullcontext(content)


def in_line(names: Sequence[str], most: int = 20) -> str:
    """Return names in one line; of very many the first."""
    shown = ", ".join(printable(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def is_looked_at(path: tuple[str, ...]) -> bool:
    """Whether the grader looks at a file of that path: a notebook, an archive of whatever kind, a module."""
    name = path[-1]
    is_own = is_module(name) and OURS.isdisjoint(path)
    return NO_STUDENTS.isdisjoint(path) and (is_wanted(name) or is_unknown_archive(name) or is_own)
