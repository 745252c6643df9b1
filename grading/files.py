"""Files that are there whole or not at all, and the folders of this Python and of students."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def replace(path: str | Path, content: str | bytes | Iterable[str], mode: int = 0o644) -> Path:
    """Write a file in one step, as `replacing` does; return its path."""
    with replacing(path, content, mode):
        return Path(path)


@contextmanager
def replacing(path: str | Path, content: str | bytes | Iterable[str], mode: int = 0o644) -> Iterator[None]:
    """Write a file beside `path`; at the end of the block it takes its place, unless the block failed.

    So readers see either the old file or the new one, never half. content: text, which is written as UTF-8, bytes, or
    an iterable of texts. Where it cannot be written, the old file stays; the OSError names the path, also if the disk
    is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with naming(path):
            with os.fdopen(handle, "wb") as file:
                for part in [content] if isinstance(content, (str, bytes)) else content:
                    file.write(part.encode("utf-8") if isinstance(part, str) else part)
            Path(name).chmod(mode)
        yield
        with naming(path):
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an OSError name the file that was meant."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def in_words(error: OSError) -> str:
    """Return a sentence on an OSError: what could not be read or written, and why."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename or 'A file'}: {error.strerror}. Nothing that was marked is lost."


def student_folder(root: str | Path, kind: str, student: str, assignment: str) -> Path:
    """Return nbgrader's folder `root/kind/student/assignment`, for a `student` that names one folder and no more."""
    if not student or student.startswith(".") or {"/", "\\", "\0"} & set(student):
        raise ValueError(f"The student's name {student!r} cannot be the name of a folder.")
    return Path(root) / kind / student / assignment


def interpreter_folders() -> list[Path]:
    """Return the folders outside of /usr that this Python needs: its environment, and what that was made from."""
    prefixes = {Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)}
    prefixes |= {prefix.resolve() for prefix in prefixes}
    return sorted(prefix for prefix in prefixes if not prefix.is_relative_to("/usr"))
