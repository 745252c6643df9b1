"""Leases: what each sandbox holds while it runs (a number, a user, a folder), and the sweeping of those left behind.

A lease belongs to the process that locked its file. The system drops the lock when that process dies, however it dies;
a lease that can be locked and still holds something was left by a killed grader, and is swept.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grading.sandbox import cgroups

FIRST_UID, NB_LEASES = 60600, 500  # neither Debian nor systemd gives any user a number from 60578 to 61183
FOLDER = Path("/tmp") / f"recommenders2-{os.getuid()}"  # not in TMPDIR: all graders on this machine must find the same


class Lease:
    """A free lease, taken: `number`, `uid` and `folder` are nobody else's until `release()`."""

    def __init__(self) -> None:
        with _guarded():
            for self.number in range(NB_LEASES):
                lock = _take(_lock_path(self.number))
                if lock is not None:
                    self._lock = lock
                    break
            else:
                raise OSError(f"{NB_LEASES} sandboxes are running already: run fewer jobs.")
            _clear(self.number)
            self.folder = _folder(self.number)
            self.folder.mkdir(mode=0o700)
        self.uid = FIRST_UID + self.number

    def remember(self, cgroup_folders: Iterable[Path]) -> None:
        """Write down which cgroups are about to be made, for whoever has to sweep them."""
        (self.folder / "cgroups").write_text("\n".join(map(str, cgroup_folders)))

    def release(self) -> None:
        """Remove all that belongs to the lease, and free it."""
        with _guarded():
            _clear(self.number)
            _lock_path(self.number).unlink()
            os.close(self._lock)


def sweep() -> int:
    """Remove what killed graders left: cgroups with all that runs in them, and folders. Return of how many leases."""
    swept = 0
    with _guarded():
        for path in FOLDER.glob("*.lock"):
            lock = _take(path)
            if lock is not None:
                _clear(int(path.stem))
                path.unlink()
                os.close(lock)
                swept += 1
    return swept


@contextmanager
def _guarded() -> Iterator[None]:
    """Let one process or thread at a time take, free or sweep leases."""
    with suppress(FileExistsError):
        FOLDER.mkdir(mode=0o700)
    guard = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(guard)
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise OSError(f"{FOLDER} is not yours alone: remove it, or have its owner remove it.")
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield
    finally:
        os.close(guard)


def _take(path: Path) -> int | None:
    """Return the locked file at `path` as a descriptor, or None if somebody holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _clear(number: int) -> None:
    folder = _folder(number)
    if not folder.exists():
        return
    remembered = folder / "cgroups"
    if remembered.exists():
        cgroups.remove([Path(line) for line in remembered.read_text().splitlines()])
    for parent, names, _ in os.walk(folder):  # what ran there may have locked its folders
        for name in names:
            if not (Path(parent) / name).is_symlink():
                (Path(parent) / name).chmod(0o700)
    shutil.rmtree(folder)


def _folder(number: int) -> Path:
    return FOLDER / str(number)


def _lock_path(number: int) -> Path:
    return FOLDER / f"{number}.lock"
