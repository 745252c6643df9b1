"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path


def replace(path, text, mode=0o644):
    """Write `text`, or lines of it, to `path` as UTF-8, in one step: who reads meanwhile sees the old file or the new.

    Where it cannot be written, the old file stays; the OSError names the path, also if the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def in_words(error):
    """Return a sentence on an OSError: what could not be read or written, and why."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename or 'A file'}: {error.strerror}. Nothing that was marked is lost."


def student_folder(root, kind, student, assignment):
    """Return nbgrader's folder `root/kind/student/assignment`, for a `student` that names one folder and no more."""
    if not student or student.startswith(".") or {"/", "\\", "\0"} & set(student):
        raise ValueError(f"The student's name {student!r} cannot be the name of a folder.")
    return Path(root) / kind / student / assignment
