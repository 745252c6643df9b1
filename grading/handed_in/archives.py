"""Files of a submission, also those packed into zip or tar archives: read into memory within limits, never unpacked.

Nothing is written to the disk, so that names with `..`, links and devices inside an archive can do nothing. Reading
stops at a limit, whatever an archive says of its own sizes.
"""

import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from gzip import GzipFile
from pathlib import Path
from typing import IO, NamedTuple

from grading.texts import cut

MAX_FILE = 200 * 2**20  # bytes of one notebook or archive, packed or not: notebooks with many outputs are large
MAX_UNPACKED = 400 * 2**20  # bytes of a whole tar archive, which has to be unpacked from its beginning
MAX_MEMBERS = 5_000
MAX_DIRECTORY = 2 * 2**20  # bytes of a zip's table of contents, which is read as a whole
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
UNKNOWN_ARCHIVES = (".rar", ".7z", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
JOINERS = "\u200c\u200d"  # invisible, and part of names in some scripts
BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, IndexError,
    OverflowError, RecursionError, RuntimeError,
)  # fmt: skip


class Unreadable(Exception):
    """A file that cannot be taken as a notebook; its text is one sentence that says why."""


class Member(NamedTuple):
    """A file in an archive."""

    name: str
    modified: float  # seconds, as the packer's clock had them


class Source(NamedTuple):
    """Where a file lies: the path below the folder of submissions, and the way on through archives."""

    root: Path
    parts: tuple[str, ...]
    inside: tuple[str, ...] = ()  # names within archives, from the outermost on

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return (self.inside or self.parts)[-1].rsplit("/", 1)[-1]

    @property
    def folders(self) -> set[str]:
        """The names of all folders on the way."""
        return {*self.parts[:-1], *(folder for path in self.inside for folder in path.split("/")[:-1])}

    def __str__(self) -> str:
        return printable(": ".join(["/".join(self.parts), *self.inside]))

    def read(self) -> bytes:
        """Return the file's bytes; raises Unreadable."""
        with opened(self) as file:
            return bounded(file, f"The file {printable(self.name)}")

    def members(self) -> list[Member]:
        """Return the members of an archive, those that are files; raises Unreadable."""
        label = printable(self.name)
        with opened(self) as file, broken_archive(label):
            return (members_of_tar if is_tar(file) else members_of_zip)(file, label)


def printable(name: str) -> str:
    """Return a name with escapes for what cannot be shown or stored: control characters, bytes that are no text."""
    return "".join(char if char.isprintable() or char in JOINERS else escaped(char) for char in name)


def escaped(char: str) -> str:
    """Return a character as Python would write it in a string."""
    return char.encode("unicode_escape").decode()


def source_of(path: str | Path) -> Source:
    """Return the Source of a file anywhere on the disk."""
    path = Path(path)
    return Source(path.parent, (path.name,))


def bounded(file: IO[bytes], what: str, limit: int = MAX_FILE) -> bytes:
    """Return what is left in `file`; raises Unreadable beyond `limit` bytes."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"{what} is larger than {limit // 2**20} MB.")
    return data


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """Open the file of a Source for reading."""
    with open_below(source.root, source.parts) as file:
        yield io.BytesIO(through_archives(file, source)) if source.inside else file


def through_archives(file: IO[bytes], source: Source) -> bytes:
    """Return the bytes of the member that `source` names in the archive `file`."""
    archive = source.parts[-1]
    for name in source.inside:
        with broken_archive(printable(archive)):
            data = (read_tar if is_tar(file) else read_zip)(file, name)
        file, archive = io.BytesIO(data), name
    return data


@contextmanager
def broken_archive(name: str) -> Iterator[None]:
    """Say in a sentence that the archive `name` is broken, or of a kind that is not read."""
    try:
        yield
    except NotImplementedError as error:
        raise Unreadable(f"The archive {name} is packed in a way that is not read here: {error}.") from error
    except BROKEN as error:
        raise Unreadable(f"The archive {name} is broken: {cut(str(error), 200) or type(error).__name__}.") from error


@contextmanager
def open_below(root: Path, parts: tuple[str, ...]) -> Iterator[IO[bytes]]:
    """Open the regular file at `parts` below the folder `root`, following no link on the way; raises Unreadable.

    O_NONBLOCK keeps a pipe in place of a file from blocking us for ever.
    """
    label = printable("/".join(parts))
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                inner = os.open(part, flags, dir_fd=folder)
                os.close(folder)
                folder = inner
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(parts[-1], flags, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Unreadable(f"{label} cannot be opened as a file, links are not followed: {error.strerror}.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{label} is no regular file.")
    with os.fdopen(descriptor, "rb") as file:
        yield file


def is_tar(file: IO[bytes]) -> bool:
    """Tell a tar archive, packed with gzip or not, from a zip, by its first bytes."""
    file.seek(0)
    start = file.read(512)
    file.seek(0)
    return start.startswith(b"\x1f\x8b") or start[257:262] == b"ustar"


def members_of_zip(file: IO[bytes], label: str) -> list[Member]:
    """Return the files in a zip; raises Unreadable if it has a password, or too many of them."""
    with open_zip(file) as archive:
        files = [info for info in archive.infolist() if not info.is_dir() and not is_link(info)]
        if any(info.flag_bits & 1 for info in files):
            raise Unreadable(f"The archive {label} has a password, which the grader does not know.")
        return listed([Member(info.filename, seconds(info.date_time)) for info in files], label)


def read_zip(file: IO[bytes], name: str) -> bytes:
    """Return the bytes of the member `name` of a zip."""
    with open_zip(file) as archive:
        info = archive.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others may ask for much memory
            raise NotImplementedError("only stored and deflated members are")
        with archive.open(info) as member:
            return bounded(member, f"The file {printable(name)}")


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """Open a zip whose table of contents is of a size that can be read.

    The records that tell this size stand in the last 64 KiB. Every one that might be meant is looked at, since two
    readers may differ over which of them counts.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**16 - 64))
    tail = file.read()
    file.seek(0)
    where = tail.find(b"PK\5\6")
    while where >= 0:
        if int.from_bytes(tail[where + 12 : where + 16], "little") > MAX_DIRECTORY:
            raise Unreadable("A zip archive with a table of contents of this size is not read.")
        where = tail.find(b"PK\5\6", where + 1)
    if b"PK\6\7" in tail:
        raise NotImplementedError("zip64, meant for files beyond 4 GB")
    return zipfile.ZipFile(file)


def is_link(info: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip is a symbolic link."""
    return stat.S_ISLNK(info.external_attr >> 16)


def seconds(date_time: tuple[int, int, int, int, int, int]) -> float:
    """Return the time of a zip's member in seconds; 0 if it is no time."""
    try:
        return datetime(*date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


class Upto(io.RawIOBase):
    """What is read of `file`, forward only, up to a number of bytes in all: a small archive may unpack to terabytes."""

    def __init__(self, file: IO[bytes] | GzipFile, limit: int) -> None:
        self.file, self.left = file, limit

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes; raises Unreadable beyond the limit."""
        if size < 0 or size > self.left:
            raise Unreadable("A tar archive that unpacks to this much is not read.")
        data = self.file.read(size)
        self.left -= len(data)
        return data


@contextmanager
def open_tar(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """Open a tar archive, packed with gzip or not, as a stream."""
    start = file.read(2)
    file.seek(0)
    plain = GzipFile(fileobj=file) if start == b"\x1f\x8b" else file
    with tarfile.open(fileobj=Upto(plain, MAX_UNPACKED), mode="r|", errorlevel=2) as archive:
        yield archive


def regular_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the regular files of a tar archive, the first MAX_MEMBERS + 1 of all its members."""
    for count, info in enumerate(archive):
        if count > MAX_MEMBERS:
            raise Unreadable(f"An archive with more than {MAX_MEMBERS:,} members is not read.")
        if info.isreg():
            yield info


def members_of_tar(file: IO[bytes], label: str) -> list[Member]:
    """Return the files in a tar archive."""
    with open_tar(file) as archive:
        return listed([Member(info.name, float(info.mtime)) for info in regular_members(archive)], label)


def read_tar(file: IO[bytes], name: str) -> bytes:
    """Return the bytes of the member `name` of a tar archive, the last of that name as unpacking would leave it."""
    data = None
    with open_tar(file) as archive:
        for info in regular_members(archive):
            if info.name == name:
                member = archive.extractfile(info)
                assert member  # as of any regular file
                data = bounded(member, f"The file {printable(name)}")
    if data is None:
        raise KeyError(f"it holds no {name!r}")
    return data


def listed(members: list[Member], label: str) -> list[Member]:
    """Return the members, of those with one name the last; without those whose names lead out of the archive."""
    if len(members) > MAX_MEMBERS:
        raise Unreadable(f"The archive {label} has more than {MAX_MEMBERS:,} members.")
    within = [member for member in members if not member.name.startswith("/") and ".." not in member.name.split("/")]
    return list({member.name: member for member in within}.values())
