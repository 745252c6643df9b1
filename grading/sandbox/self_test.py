"""Self-tests: what the sandbox must prevent is tried for real on this machine before students' code runs."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from authoring.notebooks import ROOT
from grading.files import interpreter_folders
from grading.sandbox import bubblewrap, cgroups
from grading.sandbox.limits import Limits
from grading.sandbox.process import Sandbox, SandboxMissing

SMALL = Limits(2**27, processes=12, cpu_seconds=20, file_bytes=2**20, scratch_bytes=2**22)
NAMES = {  # as the probe calls them, and as people do
    "network": "no network",
    "system": "read-only system",
    "files": "other files are invisible",
    "user": "a user without rights",
    "processes": "other processes are invisible",
    "calls": "system calls are filtered",
    "file_size": "limit on a file's size",
    "scratch": "limit on scratch space",
    "number": "limit on processes",
    "memory": "limit on a process's memory",
}
TOGETHER = "limit on the memory of all processes together"


class SelfTest(NamedTuple):
    """One thing that the sandbox prevents, and whether it does so here."""

    name: str
    passed: bool
    mandatory: bool  # without it, no student's code is run
    detail: str  # what was seen


def self_tests() -> list[SelfTest]:
    """Run a probe in a sandbox and return what it found, a SelfTest each; takes less than a second."""
    try:
        found, complaint = _probe()
    except SandboxMissing as error:
        found, complaint = {}, str(error)
    unknown = (False, complaint or "the probe died before it tried this")
    listed = [SelfTest(name, *_split(found.get(key, unknown))) for key, name in NAMES.items()]
    together = cgroups.parents() is not None
    detail = "by cgroups" if together else "cgroups cannot be made here: the limit is on each process by itself"
    return [*listed, SelfTest(TOGETHER, together, False, detail)]


def refuse_without(tests: list[SelfTest]) -> None:
    """Raise SandboxMissing, one sentence with what to do, if a mandatory self-test failed."""
    failed = [test for test in tests if test.mandatory and not test.passed]
    if failed:
        raise SandboxMissing(f"Students' code cannot be isolated here. {_advice(failed)}")


def _advice(failed: list[SelfTest]) -> str:
    details = list(dict.fromkeys(test.detail for test in failed))
    if len(failed) == len(NAMES) and len(details) == 1:  # it did not even start
        closed = os.getuid() != 0 and details[0].startswith("bwrap: ")
        return f"{details[0].rstrip('.')}; {bubblewrap.how_to_allow()}." if closed else details[0]
    return "; ".join(f"{test.name}: {test.detail}" for test in failed) + "."


def _split(found: tuple[bool, str]) -> tuple[bool, bool, str]:
    passed, detail = found
    return passed, True, detail


def _probe() -> tuple[dict[str, tuple[bool, str]], str]:
    """Return {the probe's name of a self-test: (passed, detail)}, and what bubblewrap complained about, if anything."""
    command = [sys.executable, "-I", "-B", "{course}/probe.py"]
    with tempfile.NamedTemporaryFile(prefix="recommenders2-hidden-") as hidden, tempfile.TemporaryFile() as complaints:
        probe = {"probe.py": Path(__file__).with_name("probe.py")}
        server = socket.create_server(("127.0.0.1", 0))
        with server, Sandbox(command, probe, SMALL, stderr=complaints) as sandbox:
            deadline = threading.Timer(30, sandbox.kill)
            deadline.daemon = True
            deadline.start()
            with suppress(BrokenPipeError):  # it did not even start
                sandbox.stdin.write(json.dumps(_outside(server, hidden.name)).encode() + b"\n")
            found = _read(sandbox.stdout)
            deadline.cancel()
        complaints.seek(0)
        lines = complaints.read(10_000).decode(errors="replace").strip().splitlines()
    return found, _explain(lines)


def _outside(server: socket.socket, hidden: str) -> dict[str, Any]:
    """Return what the probe must know of the world outside."""
    interpreter = [Path(folder) for folder in interpreter_folders()]
    seen = {parent for folder in interpreter for parent in (folder, *folder.parents)}
    private = [
        Path(hidden),
        ROOT / "solutions",
        Path("/etc/passwd"),
        Path("/sys"),
        Path("/var"),
        *Path.home().glob("*"),
    ]
    return {
        "port": server.getsockname()[1],
        "interpreter": [str(folder) for folder in interpreter],
        "hidden": [str(path) for path in private if path not in seen],
        "namespace": str(Path("/proc/self/ns/pid").readlink()),
        **SMALL._asdict(),
    }


def _read(lines: IO[bytes]) -> dict[str, tuple[bool, str]]:
    """Return what the probe printed."""
    found = (json.loads(line) for line in lines.readlines(100_000))
    return {name: (passed is True, str(detail)) for name, passed, detail in found}


def _explain(complaints: list[str]) -> str:
    """Return what went wrong as one sentence, from the last line that was written to stderr."""
    if not complaints:
        return ""
    if complaints[-1].startswith("bwrap: Unknown option"):
        version = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout.strip()
        return f"{version} is too old: {'.'.join(map(str, bubblewrap.OLDEST))} or newer is needed."
    return complaints[-1].rstrip(".") + "."
