"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path


def replace(path, text, mode=0o644):
    """Write `text` to `path` as UTF-8, in one step: who reads meanwhile sees the old file or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def student_folder(root, kind, student, assignment):
    """Return nbgrader's folder `root/kind/student/assignment`, for a `student` that names one folder and no more."""
    if not student or student.startswith(".") or {"/", "\\", "\0"} & set(student):
        raise ValueError(f"The student's name {student!r} cannot be the name of a folder.")
    return Path(root) / kind / student / assignment
