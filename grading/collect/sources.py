"""Where submissions come from: a platform's download, an exchange, repositories, or a folder; which it is, is seen.

What the platforms call a student's files (tried against no platform, but read from their own code):
Moodle   `Ada Lovelace_123_assignsubmission_file/work.zip`, or flat `Ada Lovelace_123_assignsubmission_file_work.zip`;
Canvas   `lovelaceada_LATE_123_456_work.zip`, where 123 is the student and 456 the file, and only late ones are LATE.
"""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from grading.collect import exchange, repositories
from grading.collect.hand_ins import CollectError, File, HandIn, Source, at_hand, in_line, is_looked_at
from grading.collect.rosters import Person, Roster
from grading.handed_in.archives import Source as Place
from grading.handed_in.archives import Unreadable, broken_archive, open_zip, opened, printable, source_of
from grading.handed_in.submissions import NO_STUDENTS, is_archive, is_unknown_archive, without_suffix
from grading.tables import Table

PLATFORMS = ("moodle", "canvas", "github", "exchange", "folder")
MOODLE = re.compile(r"(?P<name>[^_]+)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
MOODLE_FOLDER = re.compile(r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)_?", re.DOTALL)
FILE = r"_(?:(?P<submission>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)"
CANVAS = re.compile(rf"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+){FILE}", re.DOTALL)
CANVAS_HIDDEN = re.compile(rf"(?P<late>LATE_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]+){FILE}", re.DOTALL)
MOODLES = "_assignsubmission_"
HIDDEN = "Participant"  # what Moodle calls everybody who is marked blind
KINDS = {"onlinetext": "online text", "text": "online text", "link": "a link to a page"}
WORDS = {"moodle": "a download of Moodle's", "canvas": "a download of Canvas's", "folder": "a folder per student"}
DOWNLOADED = "All files are of one hour, that of the download: when they were handed in is not known."
NO_TIMES = {"moodle": DOWNLOADED, "canvas": DOWNLOADED, "folder": "When files were handed in is not known."}
ONE_DOWNLOAD = 3600  # seconds: if all times are within them, they are those of the download


class Piece(NamedTuple):
    """What the path of a file says of who handed it in."""

    id: str
    name: str
    path: tuple[str, ...]  # below what is the student's own
    kind: str = ""  # in words, if it is no file that was handed in
    submission: str = ""
    late: bool = False


Pieces = list[tuple[Piece, File]]  # of one student


def recognised(
    path: str | Path, roster: Roster, deadline: datetime | None = None, platform: str | None = None
) -> Source:
    """Return the Source at `path`, of the `platform` if one is given; raises CollectError."""
    path = Path(path)
    if not path.exists():
        raise CollectError(f"{path} is not there.")
    if platform == "exchange" or (platform is None and exchange.is_inbound(path)):
        return exchange.submissions(path, deadline)
    if is_repositories(path, platform):
        collect = repositories.clones if path.is_dir() else repositories.listed
        return collect(path, roster, deadline)
    if deadline:
        raise CollectError("--deadline is for repositories and exchanges, which still hold what stood there before it.")
    files, folders, left_out = in_folder(path) if path.is_dir() else in_zip(path)
    platform = platform or next((name for name in ("moodle", "canvas") if is_export(files, name)), "folder")
    found, nobodys = grouped(files, LAYOUTS[platform])
    if platform == "folder":
        found |= {name: [] for name in folders if name not in found}
    if not found:
        raise CollectError(f"{path} holds nothing of a student's: docs/collecting.md says what is recognised.")
    times, persons = known_times(platform, found), people(platform, found, roster)
    hand_ins = [hand_in(id, persons[id], pieces, times.get(id)) for id, pieces in found.items()]
    return Source(platform, WORDS[platform], hand_ins, [*left_out, *nobodys, *([] if times else [NO_TIMES[platform]])])


def is_repositories(path: Path, platform: str | None) -> bool:
    """Whether repositories are to be collected from `path`."""
    if path.is_dir():
        return platform == "github" or (platform is None and repositories.are_clones(path))
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    is_list = not is_zip and path.suffix.lower() == ".csv" and repositories.is_list(Table(path))
    if not (is_list or (is_zip and platform != "github")):
        raise CollectError(f"{path} is neither a folder, nor a zip archive, nor a list of repositories.")
    return is_list


def is_export(files: list[File], platform: str) -> bool:
    """Whether most names at the top are those that a platform gives."""
    tops = {file.path[0]: file.path for file in files}
    return sum(LAYOUTS[platform](path) is not None for path in tops.values()) * 2 > len(tops)


# files, wherever they lie


def in_zip(path: Path) -> tuple[list[File], list[str], list[str]]:
    """Return the files in a zip, no folders, and notes on what is left out; a folder around all of it goes."""
    archive = source_of(path)
    try:
        members = archive.members()
        with opened(archive) as file, broken_archive(path.name):
            names = {info.filename for info in open_zip(file).infolist() if not info.is_dir()}
    except Unreadable as error:
        raise CollectError(f"{error} Unpack it, and collect the folder instead.") from error
    notes = [
        f"{printable(name)} is a link, or its name leads elsewhere."
        for name in sorted(names - {member.name for member in members})
    ]
    files = [
        File(parts, member.modified, archive._replace(inside=(member.name,)).read)
        for member in members
        if (parts := tuple(part for part in member.name.split("/") if part not in ("", ".")))
    ]
    return without_wrapping([file for file in files if not is_junk(file.path)]), [], notes


def without_wrapping(files: list[File]) -> list[File]:
    """Return files without the folder that lies around them all, if a download of a platform's is in it."""
    inner = [file._replace(path=file.path[1:]) for file in files if len(file.path) > 1]
    wrapped = len(inner) == len(files) and len({file.path[0] for file in files}) == 1
    exports = [name for name in ("moodle", "canvas") if wrapped and is_export(inner, name)]
    return inner if exports and not is_export(files, "moodle") else files


def in_folder(path: Path) -> tuple[list[File], list[str], list[str]]:
    """Return the files below a folder, the folders in it, and notes on links, which are not followed."""
    files, notes, folders = [], [], []

    def closed(error: OSError) -> None:
        notes.append(f"{printable(str(error.filename))} cannot be looked into: {error.strerror}.")

    for folder, inner, names in os.walk(path, onerror=closed):
        above = Path(folder).relative_to(path).parts
        inner[:] = sorted(name for name in inner if name not in NO_STUDENTS)
        folders += [name for name in inner if not (above or name.startswith(".") or Path(folder, name).is_symlink())]
        for name in [*inner, *sorted(names)]:
            parts, found = (*above, name), Path(folder, name).lstat()
            if stat.S_ISLNK(found.st_mode):
                notes.append(f"{printable('/'.join(parts))} is a link, and links are not followed.")
            elif stat.S_ISREG(found.st_mode) and not is_junk(parts):
                files.append(File(parts, found.st_mtime, Place(path, parts).read))
    return files, folders, notes


def is_junk(parts: tuple[str, ...]) -> bool:
    """Whether a file is what a computer keeps for itself."""
    return not NO_STUDENTS.isdisjoint(parts) or any(part.startswith(".") for part in (parts[0], parts[-1]))


# whose they are


def of_moodle(path: tuple[str, ...]) -> Piece | None:
    """Return the Piece that Moodle's name for a file or folder says, or None.

    A student's own name may read like one of Moodle's. In a folder's name the end says whose it is; a file's name goes
    on with what the student called it, so one that can be read in two ways is nobody's.
    """
    found = MOODLE_FOLDER.fullmatch(path[0]) if len(path) > 1 else MOODLE.fullmatch(path[0])
    if not found or (len(path) == 1 and (not found["file"] or path[0].count(MOODLES) > 1)):
        return None
    inner = path[1:] or (found["file"],)  # a file, in whose name Moodle left it
    kind = "" if found["kind"] == "file" else KINDS.get(found["kind"], found["kind"])
    name = found["name"].strip()
    return Piece(found["id"] or name, name, inner, kind)


def of_canvas(path: tuple[str, ...]) -> Piece | None:
    """Return the Piece that Canvas's name for a file says, or None."""
    hidden = CANVAS_HIDDEN.fullmatch(path[0])
    found = hidden or CANVAS.fullmatch(path[0])
    if not found or len(path) > 1:
        return None
    name = f"{found['name']} {found['id']}" if hidden else found["name"]
    inner, kind = (found["file"] or path[0],), KINDS.get(found["kind"], "")
    return Piece(found["id"], name, inner, kind, found["submission"] or "", bool(found["late"]))


def of_folder(path: tuple[str, ...]) -> Piece | None:
    """Return the Piece of a file in a student's folder, or of an archive of a student's."""
    if len(path) > 1:
        return Piece(path[0], path[0], path[1:])
    if is_archive(path[0]) or is_unknown_archive(path[0]):
        name = without_suffix(path[0])
        return Piece(name, name, path)
    return None


LAYOUTS = {"moodle": of_moodle, "canvas": of_canvas, "folder": of_folder}


def grouped(
    files: list[File], layout: Callable[[tuple[str, ...]], Piece | None]
) -> tuple[dict[str, Pieces], list[str]]:
    """Return {student's id: [(piece, file)]}, and notes on files that are nobody's."""
    found, notes = defaultdict(list), []
    for file in files:
        piece = layout(file.path)
        if piece is None:
            notes.append(f"{printable('/'.join(file.path))} is no student's.")
        else:
            found[piece.id].append((piece, file._replace(path=piece.path)))
    return found, notes


def people(platform: str, found: dict[str, Pieces], roster: Roster) -> dict[str, Person]:
    """Return {student's id: Person}. Whom Moodle hides has the same name as all others, and is told apart by the id."""
    names = {id: pieces[0][0].name if pieces else id for id, pieces in found.items()}
    hidden = platform == "moodle" and len(set(names.values())) == 1 and (len(names) > 1 or HIDDEN in names.values())
    known = {id: roster.person(platform, id, None if hidden else name) for id, name in names.items()}
    return {id: known[id] or Person(f"{name} {id}" if hidden else name) for id, name in names.items()}


def known_times(platform: str, found: dict[str, Pieces]) -> dict[str, float]:
    """Return {id: when the student handed in} as far as the times of the files tell, which may be the download's."""
    times = {id: max(file.modified for _, file in pieces) for id, pieces in found.items() if pieces}
    if platform == "folder" or max(times.values()) - min(times.values()) <= ONE_DOWNLOAD:
        return {}
    return times


def hand_in(id: str, person: Person, pieces: Pieces, time: float | None) -> HandIn:
    """Return the HandIn of a student, whose files are the `pieces`."""
    files, others = [], defaultdict(list)
    for piece, file in pieces:
        if piece.kind or not is_looked_at(file.path):
            others[piece.kind or "no notebook and no archive"].append("/".join(file.path))
        else:
            files.append(file)
    notes = [f"left out: {in_line(paths, 3)} ({kind})" for kind, paths in sorted(others.items())]
    submission = max((piece.submission for piece, _ in pieces), key=lambda number: int(number or 0), default="")
    late = person.late or any(piece.late for piece, _ in pieces)
    return HandIn(id, person.name, at_hand(files, time, notes), person.email, submission, late)
