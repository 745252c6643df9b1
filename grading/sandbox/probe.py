"""The probe: runs in a sandbox, tries what the sandbox must prevent, and prints what came of it, one JSON list a line.

A line is the self-test's name, whether it passed, and what was seen. Imports nothing but the standard library.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

Outside = dict[str, Any]  # what the grader says of itself and of the limits
Seen = tuple[bool, str]  # whether it passed, and what was seen

SCRATCH = ("/tmp", "/dev/shm", os.environ["HOME"], "/course/dataset")
NEW_USER_NAMESPACE = 0x10000000


def network(outside: Outside) -> Seen:
    """No interface but the loopback, and the port that the grader listens on cannot be reached through it."""
    interfaces = [name for _, name in socket.if_nameindex()]
    with socket.socket() as client:
        client.settimeout(2)
        refused = client.connect_ex(("127.0.0.1", outside["port"]))
    return refused != 0 and interfaces in ([], ["lo"]), f"interfaces: {', '.join(interfaces) or 'none'}"


def system(outside: Outside) -> Seen:
    """Neither the system, nor this Python, nor the course can be written to."""
    folders = [Path(folder) for folder in ("/", "/usr", "/etc", "/dev", "/home", "/course", *outside["interpreter"])]
    writable = [str(folder) for folder in folders if _writes(folder / "probe") is None]
    return not writable, f"can be written to: {', '.join(writable)}" if writable else "read-only"


def files(outside: Outside) -> Seen:
    """What else there is outside is not there inside."""
    seen = [path for path in outside["hidden"] if os.path.lexists(path)]
    return not seen, f"seen: {', '.join(seen)}" if seen else "nothing but the system and the given folders"


def user(_: Outside) -> Seen:
    """The process is nobody that exists, and has no capability."""
    status = _status()
    return os.getuid() != 0 and not int(status["CapEff"], 16) and not int(status["CapBnd"], 16), f"uid {os.getuid()}"


def processes(outside: Outside) -> Seen:
    """A PID namespace of its own, in which there is nobody else."""
    seen = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    own = str(Path("/proc/self/ns/pid").readlink()) != outside["namespace"]
    return own and len(seen) <= 3, f"{len(seen)} to be seen"


def calls(_: Outside) -> Seen:
    """A filter is active, and refuses a call."""
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.unshare(NEW_USER_NAMESPACE) == -1 and ctypes.get_errno() == errno.EPERM
    return _status()["Seccomp"] == "2" and refused, "active" if _status()["Seccomp"] == "2" else "no filter"


def file_size(outside: Outside) -> Seen:
    """A file cannot grow beyond its limit."""
    problem = _writes(Path("/tmp/probe"), outside["file_bytes"] + 1)
    return problem == errno.EFBIG, f"{outside['file_bytes']:,} bytes a file"


def scratch(outside: Outside) -> Seen:
    """No place that can be written to holds more than its size."""
    endless = [folder for folder in SCRATCH if not _fills(Path(folder), outside)]
    detail = f"without limit: {', '.join(endless)}" if endless else f"{outside['scratch_bytes']:,} bytes a place"
    return not endless, detail


def number(outside: Outside) -> Seen:
    """No more than so many processes can be started."""
    children: list[int] = []
    try:
        while len(children) <= outside["processes"]:
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    except OSError as error:
        return error.errno == errno.EAGAIN, f"{outside['processes']} processes and threads"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return False, f"more than {outside['processes']} processes"


def memory(outside: Outside) -> Seen:
    """A process that takes more memory than there is gets an error, or is killed."""
    child = os.fork()
    if not child:
        Path("/proc/self/oom_score_adj").write_text("1000")
        try:
            bytearray(outside["memory"] + 2**26)
        except MemoryError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0, f"{outside['memory']:,} bytes"


SELF_TESTS = (network, system, files, user, processes, calls, file_size, scratch, number, memory)


def main() -> None:
    """Print a line per self-test."""
    outside = json.loads(sys.stdin.readline())
    for test in SELF_TESTS:
        try:
            passed, detail = test(outside)
        except OSError as error:
            passed, detail = False, f"could not be tried: {error}"
        print(json.dumps([test.__name__, passed, detail]), flush=True)


def _writes(path: Path, size: int = 0) -> int | None:
    """Write a file of `size` bytes and remove it; return None, or the number of the error."""
    try:
        with path.open("wb", buffering=0) as file:
            while size > 0:
                size -= file.write(bytes(min(size, 2**20)))
    except OSError as error:
        return error.errno
    finally:
        if path.exists():
            path.unlink()
    return None


def _fills(folder: Path, outside: Outside) -> bool:
    """Return whether `folder` is full before more than its size is in it."""
    paths = [folder / f"probe{number}" for number in range(outside["scratch_bytes"] // outside["file_bytes"] + 2)]
    try:
        for path in paths:
            path.write_bytes(bytes(outside["file_bytes"]))
    except OSError as error:
        return error.errno == errno.ENOSPC
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    return False


def _status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


if __name__ == "__main__":
    main()
