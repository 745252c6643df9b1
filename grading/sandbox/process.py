"""Sandbox: one process that runs code which nobody has read, isolated by bubblewrap, and its end."""

import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import psutil

from grading.sandbox import bubblewrap, cgroups, seccomp
from grading.sandbox.leases import Lease, sweep
from grading.sandbox.limits import Limits

__all__ = ["Sandbox", "SandboxMissing", "sweep"]

# for sh, where there is no bubblewrap: what POSIX knows of limits; a file's size counts in blocks of 512 bytes
PLAIN_LIMITS = (
    'ulimit -c 0; ulimit -S -d "$(ulimit -H -d)"; ulimit -t "$1"; ulimit -f "$2"; ulimit -n "$3"; shift 3; exec "$@"'
)


class SandboxMissing(Exception):
    """Code cannot be isolated here. The text is one sentence that says why, and what to do."""


class Sandbox:
    """A context manager around one process that runs untrusted code, and whatever that starts.

    command: a list of str. folders: {path relative to the course folder: path outside}, files or folders, which the
    process sees read-only. environment: variables besides the usual ones. Wherever a part of the command or a variable
    says `{course}`, the course folder's path inside is put. stderr: a file for what is written there, up to
    `limits.file_bytes`; by default it is dropped. With `trust`, bubblewrap is not used: the process runs as you, in a
    fresh folder laid out alike.

    `stdin` and `stdout` are unbuffered binary pipes, and the only way in and out. `course` is the course folder inside.
    `kill()` may be called from any thread, again and again; leaving the context calls it. `memory` is known where
    cgroups can be made, while it runs and after.

    The system kills the process when the thread that made the sandbox ends. Raises SandboxMissing where bubblewrap or
    libseccomp is not installed; that they do what they should is for `grading.sandbox.self_test` to find out.
    """

    def __init__(
        self,
        command: Sequence[str],
        folders: Mapping[str, Path] | None = None,
        limits: Limits = Limits(),  # noqa: B008
        trust: bool = False,
        environment: Mapping[str, str] | None = None,
        stderr: IO[bytes] | None = None,
    ) -> None:
        self._ending = threading.Lock()
        self._cgroup: cgroups.Cgroup | None = None
        self._first: int | None = None
        self._memory = cgroups.Memory()
        self._lease, self._ended = Lease(), False
        try:
            self.course = str(self._lease.folder / "course") if trust else bubblewrap.COURSE
            command = [self._placed(part) for part in command]
            variables = {name: self._placed(value) for name, value in (environment or {}).items()}
            start = self._start_plain if trust else self._start_isolated
            streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": stderr or subprocess.DEVNULL}
            options = {**streams, "bufsize": 0, "start_new_session": True}
            self._process = start(command, folders or {}, limits, variables, options)
        except BaseException:
            self._lease.release()
            raise
        assert self._process.stdin
        assert self._process.stdout
        self.stdin, self.stdout = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()

    @property
    def memory(self) -> cgroups.Memory:
        """What became of the memory of all of it together."""
        with self._ending:
            return self._cgroup.memory if self._cgroup else self._memory

    @property
    def cpu_seconds(self) -> float:
        """The seconds of the processor's that all of it has used so far."""
        used = 0.0
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self._process.pid)
            for process in [first, *first.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    used += sum(process.cpu_times()[:4])  # its own and its children's, of users and of the system
        return used

    def kill(self) -> None:
        """Kill every process in it; return when they, the cgroups and the folder are gone.

        Raises TimeoutError if the kernel cannot end a process within 10 seconds.
        """
        with self._ending:
            if self._ended:
                return
            first, self._first = self._first, None
            if first is not None:
                _end(first)  # with its first process, the kernel ends all processes of a PID namespace
            with suppress(ProcessLookupError, PermissionError):  # not waited for yet, so the number is still its own
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._cgroup:
                self._memory = self._cgroup.memory
                cgroups.remove(self._cgroup.folders)
                self._cgroup = None
            self._lease.release()
            self._ended = True

    def _placed(self, text: str) -> str:
        return str(text).replace("{course}", self.course)

    def _start_isolated(
        self,
        command: list[str],
        folders: Mapping[str, Path],
        limits: Limits,
        variables: dict[str, str],
        options: dict[str, Any],
    ) -> subprocess.Popen[bytes]:
        if shutil.which("bwrap") is None:
            raise SandboxMissing(f"bubblewrap is not installed: {bubblewrap.INSTALL}")
        self._cgroup = self._limit(limits)
        if self._cgroup is None and limits.address_space is None:
            limits = limits._replace(address_space=limits.memory + limits.libraries)
        folders = {f"{self.course}/{inside}": _readable(outside) for inside, outside in folders.items()}
        environment = _environment(bubblewrap.HOME, "/tmp") | variables
        try:
            rules = seccomp.descriptor()
        except ImportError as error:
            raise SandboxMissing(f"Students' code cannot be isolated: {error}") from error
        number, info = os.pipe()
        try:
            line = bubblewrap.isolated(command, folders, limits, environment, self._lease.uid, rules, info)
            line = self._cgroup.joined(line) if self._cgroup else line
            path = {"PATH": os.environ.get("PATH", os.defpath)}
            process = subprocess.Popen(line, env=path, cwd="/", pass_fds=(rules, info), **options)
        finally:
            os.close(rules)
            os.close(info)
        self._first = _handle(_read_info(number))
        return process

    def _start_plain(
        self,
        command: list[str],
        folders: Mapping[str, Path],
        limits: Limits,
        variables: dict[str, str],
        options: dict[str, Any],
    ) -> subprocess.Popen[bytes]:
        home, scratch, course = (self._lease.folder / name for name in ("home", "tmp", "course"))
        for folder in (home, scratch, course / "dataset"):
            folder.mkdir(parents=True)
        for inside, outside in folders.items():
            (course / inside).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if Path(outside).is_dir() else shutil.copy
            copy(outside, course / inside)
        bounds = [limits.cpu_seconds, limits.file_bytes // 512, limits.open_files]
        line = ["/bin/sh", "-c", PLAIN_LIMITS, "sh", *map(str, bounds), *command]
        return subprocess.Popen(line, env=_environment(home, scratch) | variables, cwd=home, **options)

    def _limit(self, limits: Limits) -> cgroups.Cgroup | None:
        """Make this sandbox's cgroups, or return None where that is not possible."""
        parents = cgroups.parents()
        if parents is None:
            return None
        name = f"recommenders2-{secrets.token_hex(8)}"  # a name once used may linger where its record was lost
        folders = {controller: folder / name for controller, folder in parents.items()}
        self._lease.remember(folders.values())
        return cgroups.Cgroup(folders, limits.memory, limits.processes + 2)  # bubblewrap itself is two


def _environment(home: str | Path, scratch: str | Path) -> dict[str, str]:
    """Return what every process in a sandbox has for its environment."""
    path = os.pathsep.join([f"{sys.prefix}/bin", "/usr/bin", "/bin"])
    environment = {"PATH": path, "HOME": str(home), "TMPDIR": str(scratch), "LANG": "C.UTF-8", "USER": "student"}
    environment |= {"MPLBACKEND": "agg", "MPLCONFIGDIR": f"{scratch}/matplotlib", "OMP_NUM_THREADS": "1"}
    return environment | {"PYTHONDONTWRITEBYTECODE": "1", "NBGRADER_EXECUTION": "autograde"}


def _readable(path: Path) -> Path:
    """Return `path`; raises SandboxMissing if another user, as whom root runs students' code, could not read it."""
    wanted = 0o005 if Path(path).is_dir() else 0o004
    if os.getuid() == 0 and Path(path).stat().st_mode & wanted != wanted:
        raise SandboxMissing(f"Students' code could not read {path}: chmod --recursive a+rX {path}")
    return path


def _read_info(number: int) -> bytes:
    """Return what bubblewrap writes of its first process; not up to the end of the pipe, which other forks may hold."""
    info = b""
    while b"}" not in info and (piece := os.read(number, 1000)):
        info += piece
    os.close(number)
    return info


def _handle(info: bytes) -> int | None:
    """Return a handle of the first process of the sandbox, or None if bubblewrap failed or it has ended already."""
    with suppress(ProcessLookupError):
        return os.pidfd_open(json.loads(info)["child-pid"]) if info else None
    return None


def _end(handle: int, seconds: int = 10) -> None:
    """Kill the process that `handle` stands for, and wait for its end."""
    try:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        if not ended.poll(seconds * 1000):
            raise TimeoutError("A process in the sandbox cannot be killed: the kernel is waiting for a device.")
    finally:
        os.close(handle)
