"""Cgroups: limits on memory and number that hold for all processes of a sandbox together, where we may make cgroups.

Version 1 has a hierarchy per controller, version 2 one for all. Cgroups are made below our own, so that a limit on the
grader binds what it starts as well.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

CONTROLLERS = ("memory", "pids")
JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 1; shift; done; shift; exec "$@"'  # for sh
HUGE_PAGE = 2**21  # bytes; what does not fit comes at most in pieces of it, and version 1 counts none that failed


class Memory(NamedTuple):
    """What became of the memory of a sandbox."""

    peak: int | None = None  # the most bytes that it held at any time, files on tmpfs included; None: not known
    reached_limit: bool = False  # whether it ever asked for more than its own limit
    killed: bool = (
        False  # whether a process was killed for want of memory: at its own limit, or because all was used up
    )


class Cgroup:
    """The cgroups of one sandbox: one folder in version 2, one per controller in version 1."""

    def __init__(self, folders: Mapping[str, Path], memory: int, processes: int) -> None:
        """Make `folders` (by controller), limited to `memory` bytes, swap included, and to `processes`."""
        self._folders, self._limit = folders, memory
        for folder in self.folders:
            folder.mkdir()
        self._write("memory", ("memory.limit_in_bytes", "memory.max"), memory)
        self._write("memory", ("memory.memsw.limit_in_bytes",), memory)  # memory and swap, in version 1
        self._write("memory", ("memory.swap.max",), 0)
        self._write("pids", ("pids.max",), processes)

    @property
    def folders(self) -> list[Path]:
        """The folders, each once."""
        return list(dict.fromkeys(self._folders.values()))

    def joined(self, command: list[str]) -> list[str]:
        """Return `command` as one that joins these cgroups before it starts."""
        return ["/bin/sh", "-c", JOIN, "sh", *(str(folder / "cgroup.procs") for folder in self.folders), "--", *command]

    @property
    def memory(self) -> Memory:
        """What the kernel says of its memory so far."""
        peak = int(self._read("memory.max_usage_in_bytes", "memory.peak") or 0)
        return Memory(
            peak=peak or None,
            reached_limit=self._has_counted("max", "memory.events") or peak > self._limit - HUGE_PAGE,
            killed=self._has_counted("oom_kill", "memory.oom_control", "memory.events"),
        )

    def _has_counted(self, event: str, *names: str) -> bool:
        lines = map(str.split, self._read(*names).splitlines())
        return any(int(count) > 0 for name, count in lines if name == event)

    def _write(self, controller: str, names: tuple[str, ...], value: int) -> None:
        for name in names:
            if (self._folders[controller] / name).exists():
                (self._folders[controller] / name).write_text(str(value))

    def _read(self, *names: str) -> str:
        paths = (self._folders["memory"] / name for name in names)
        return next((path.read_text() for path in paths if path.exists()), "")


def remove(folders: Iterable[Path], seconds: float = 10) -> None:
    """Kill all that runs in the cgroups `folders` and remove them; what is not there is fine.

    Raises OSError if one cannot be emptied within `seconds`.
    """
    end = time.monotonic() + seconds
    for folder in folders:
        while folder.exists():
            for pid in _members(folder):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            try:
                folder.rmdir()
            except FileNotFoundError:
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.005)


def _members(folder: Path) -> list[int]:
    try:
        numbers = map(int, (folder / "cgroup.procs").read_text().split())
    except FileNotFoundError:
        return []
    return [number for number in numbers if number > 0]  # 0 stands for a process that we cannot see


@cache
def parents() -> dict[str, Path] | None:
    """Return the folder below which cgroups can be made, by controller, or None; found out by making one."""
    for candidate in _candidates():
        folders = {controller: folder / f"recommenders2-try-{os.getpid()}" for controller, folder in candidate.items()}
        try:
            tried = Cgroup(folders, memory=2**26, processes=8)
            subprocess.run(tried.joined(["true"]), stderr=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        finally:
            with suppress(OSError):
                remove(set(folders.values()), seconds=1)
        return candidate
    return None


def _candidates() -> Iterator[dict[str, Path]]:
    """Yield folders by controller, the nearest to our own cgroup first, in which cgroups may be possible."""
    mounts, own = _mounts(), _own()
    if all(controller in mounts for controller in CONTROLLERS):
        yield {controller: _inside(mounts[controller], own.get(controller, "/")) for controller in CONTROLLERS}
    elif "" in mounts:
        top = mounts[""][0]
        folder = _inside(mounts[""], own.get("", "/"))
        for parent in (folder, *folder.parents):
            enabled = parent / "cgroup.subtree_control"  # what the children of this cgroup can be limited by
            if enabled.exists() and set(CONTROLLERS) <= set(enabled.read_text().split()):
                yield dict.fromkeys(CONTROLLERS, parent)
            if parent == top:
                break


def _mounts() -> dict[str, tuple[Path, str]]:
    """Return where each controller's hierarchy is mounted, and which part of it: {controller: (folder, root)}.

    The hierarchy of version 2 is called "".
    """
    mounts = {}
    for line in _lines("/proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        root, folder = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup2":
            mounts[""] = (Path(folder), root)
        elif kind == "cgroup":
            mounts |= {name: (Path(folder), root) for name in options.split(",") if name in CONTROLLERS}
    return mounts


def _own() -> dict[str, str]:
    """Return our own cgroup in each hierarchy: {controller: path}; in version 2 the controller is ""."""
    fields = (line.split(":", 2) for line in _lines("/proc/self/cgroup"))
    return {controller: path for _, names, path in fields for controller in names.split(",")}


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except FileNotFoundError:  # no Linux
        return []


def _inside(mount: tuple[Path, str], path: str) -> Path:
    """Return the folder of cgroup `path`; a container may see no more than its own part of a hierarchy."""
    folder, root = mount
    shown = folder / os.path.relpath(path, root)
    return shown if ".." not in shown.parts and shown.exists() else folder
