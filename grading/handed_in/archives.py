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
from pathlib import Path
from typing import IO, NamedTuple

from grading.texts import cut

MAX_FILE = 200 * 2**20  # bytes of one notebook or archive, packed or not: notebooks with many outputs are large
MAX_UNPACKED = 400 * 2**20  # bytes of a whole tar archive, which has to be unpacked from its beginning
MAX_MEMBERS = 5_000
MAX_DIRECTORY = 2**20  # bytes of a zip's table of contents, which is read as a whole
MAX_HEADERS = 12 * 2**20  # bytes of all that a tar says of its members; of each some 1.5 KB in MAX_MEMBERS
MAX_HEADER = 4_096  # bytes of what it says besides of a member: long names, times to the nanosecond
MAX_NAME = 1_000  # characters of a member's path: no file system takes much more
MAX_GZIPS = 100  # that follow each other in one file
SHOWN_NAME = 120  # characters of a name in a sentence
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
    def path(self) -> tuple[str, ...]:
        """The names of all folders and archives on the way, and the file's own."""
        return (*self.parts, *(part for path in self.inside for part in path.split("/")))

    def __str__(self) -> str:
        return ": ".join(map(shown, ["/".join(self.parts), *self.inside]))

    def read(self, limit: int = MAX_FILE) -> bytes:
        """Return the file's bytes; raises Unreadable, also beyond `limit` of them."""
        with opened(self) as file:
            return bounded(file, f"The file {shown(self.name)}", limit)

    def members(self) -> list[Member]:
        """Return the members of an archive, those that are files; raises Unreadable."""
        label = shown(self.name)
        with opened(self) as file, broken_archive(label):
            return (members_of_tar if is_tar(file) else members_of_zip)(file, label)


def printable(name: str) -> str:
    """Return a name with escapes for what cannot be shown or stored: control characters, bytes that are no text."""
    return "".join(char if char.isprintable() or char in JOINERS else escaped(char) for char in name)


def shown(name: str) -> str:
    """Return a name as a sentence shows it: printable, and of a long one the beginning and the end."""
    text = printable(name if len(name) <= SHOWN_NAME else f"{name[: SHOWN_NAME // 2]}…{name[-SHOWN_NAME // 2 :]}")
    return text if len(text) <= 2 * SHOWN_NAME else f"{text[:SHOWN_NAME]}…{text[-SHOWN_NAME:]}"


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
        with broken_archive(shown(archive)):
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
    label = shown("/".join(parts))
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
            return bounded(member, f"The file {shown(name)}")


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
    try:
        return zipfile.ZipFile(file, metadata_encoding="utf-8")  # macOS writes names so, and does not say it
    except UnicodeDecodeError:
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


class Gunzipped(io.RawIOBase):
    """What a file packed with gzip holds, unpacked as it is read.

    Python's own GzipFile reads names in the header letter by letter, and takes any number of empty gzip files in a row.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.packed, self.count = file, b"", 0
        self.unpacker = zlib.decompressobj(wbits=31)

    def readable(self) -> bool:
        """It can be read from."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # BufferedReader gives one
        """Unpack what fits into the buffer; return how many bytes, 0 at the end."""
        data = b""
        while not data and (packed := self._packed()):
            data = self.unpacker.decompress(packed, len(buffer))
            self.packed = self.unpacker.unused_data if self.unpacker.eof else self.unpacker.unconsumed_tail
        buffer[: len(data)] = data
        return len(data)

    def _packed(self) -> bytes:
        """Return what is to be unpacked next, nothing at the end; another gzip file may follow the first."""
        packed = self.packed or self.file.read(2**16)
        if not packed and not self.unpacker.eof:
            raise EOFError("it ends too early")
        if self.unpacker.eof:
            self.unpacker, self.count = zlib.decompressobj(wbits=31), self.count + 1
            packed = packed if packed.startswith(b"\x1f") and self.count < MAX_GZIPS else b""
        return packed


class Forward(io.RawIOBase):
    """A tar archive that is read forward, within limits: a small one may unpack to terabytes, or say that it does.

    Skipped are up to MAX_UNPACKED bytes. Read are MAX_HEADERS, and the members that are made `room` for. `last` is what
    was read last.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.position, self.room = file, 0, MAX_HEADERS
        self.last = b""

    def tell(self) -> int:
        """Return the position."""
        return self.position

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position further on."""
        if not self.position <= position <= MAX_UNPACKED:
            raise Unreadable(UNPACKS_TO_MUCH)
        while self.position < position and (piece := self.file.read(min(2**20, position - self.position))):
            self.position += len(piece)
        return self.position

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes; raises Unreadable beyond the limits."""
        if not 0 <= size <= min(self.room, MAX_UNPACKED - self.position):
            raise Unreadable(UNPACKS_TO_MUCH)
        self.last = self.file.read(size)
        self.position += len(self.last)
        self.room -= len(self.last)
        return self.last


class Header(tarfile.TarInfo):
    """What a tar archive says of a member, if it is no more than what can be true."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Header":
        """Return what a block of 512 bytes says; raises Unreadable before anything of an impossible size is read."""
        return cls.possible(super().frombuf(buf, encoding, errors))

    @classmethod
    def _frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str, **options: bool) -> "Header":
        """The same where Python calls this one: in newer versions, and in older ones with their mends."""
        return cls.possible(super()._frombuf(buf, encoding, errors, **options))  # type: ignore[misc]

    @staticmethod
    def possible(info: "Header") -> "Header":
        """Return what a block says, unless it is impossible."""
        if info.type == tarfile.GNUTYPE_SPARSE:
            raise NotImplementedError("sparse files")
        if info.type in ABOUT_THE_NEXT and not 0 <= info.size <= MAX_HEADER:
            raise Unreadable("A tar archive with names or notes of this length is not read.")
        return info


ABOUT_THE_NEXT = (  # not a member, but what is said of the next one
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
UNPACKS_TO_MUCH = "A tar archive that unpacks to this much is not read."


@contextmanager
def open_tar(file: IO[bytes]) -> Iterator[tuple[tarfile.TarFile, Forward]]:
    """Open a tar archive, packed with gzip or not; yield it, and the file that it is read from."""
    start = file.read(2)
    file.seek(0)
    packed = start == b"\x1f\x8b"
    forward = Forward(io.BufferedReader(Gunzipped(file)) if packed else file)  # type: ignore[type-var]
    with tarfile.TarFile(fileobj=forward, tarinfo=Header, errorlevel=2) as archive:  # type: ignore[arg-type]
        yield archive, forward


def regular_members(archive: tarfile.TarFile, forward: Forward) -> Iterator[tarfile.TarInfo]:
    """Yield the regular files of a tar archive; raises Unreadable if there are more than MAX_MEMBERS members.

    Raises ReadError if the archive ends in a header that is wrong, which would hide what comes after it.
    """
    for count, info in enumerate(archive):
        if count > MAX_MEMBERS:
            raise Unreadable(f"An archive with more than {MAX_MEMBERS:,} members is not read.")
        if not 0 <= info.size <= MAX_UNPACKED:
            raise Unreadable(UNPACKS_TO_MUCH)
        if info.isreg() and not info.sparse:
            yield info
    # A whole header that is wrong ends an archive as zeros do, to tarfile; a part of one is where a file was cut off.
    if len(forward.last) % tarfile.BLOCKSIZE == 0 and forward.last.strip(b"\0"):
        raise tarfile.ReadError("invalid header")


def members_of_tar(file: IO[bytes], label: str) -> list[Member]:
    """Return the files in a tar archive."""
    with open_tar(file) as (archive, forward):
        return listed([Member(info.name, float(info.mtime)) for info in regular_members(archive, forward)], label)


def read_tar(file: IO[bytes], name: str) -> bytes:
    """Return the bytes of the member `name` of a tar archive, the last of that name as unpacking would leave it."""
    data = None
    with open_tar(file) as (archive, forward):
        for info in regular_members(archive, forward):
            if info.name == name:
                member = archive.extractfile(info)
                assert member  # as of any regular file
                forward.room += min(info.size, MAX_FILE + 1)
                data = bounded(member, f"The file {shown(name)}")
    if data is None:
        raise KeyError(f"it holds no {shown(name)}")
    return data


def listed(members: list[Member], label: str) -> list[Member]:
    """Return the members, of those with one name the last; without those whose names lead out of the archive."""
    if len(members) > MAX_MEMBERS:
        raise Unreadable(f"The archive {label} has more than {MAX_MEMBERS:,} members.")
    if any(len(member.name) > MAX_NAME for member in members):
        raise Unreadable(f"The archive {label} has names of more than {MAX_NAME:,} characters.")
    within = [member for member in members if not member.name.startswith("/") and ".." not in member.name.split("/")]
    return list({member.name: member for member in within}.values())
