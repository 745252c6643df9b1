"""The audit's file, on a disk that has room for half a line."""

import os
import subprocess
import sys

import pytest

from grading.running.audit import append

SMALL_FILES = """
import resource, signal, sys
from grading.running.audit import append
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (15, resource.RLIM_INFINITY))
append(int(sys.argv[1]), b"0123456789\\n")
"""


@pytest.fixture
def file(tmp_path):
    descriptor = os.open(tmp_path / "audit.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    append(descriptor, b"first line\n")
    yield descriptor, tmp_path / "audit.jsonl"
    os.close(descriptor)


def test_a_line_without_room_is_not_begun(file):
    descriptor, path = file
    command = [sys.executable, "-c", SMALL_FILES, str(descriptor)]
    done = subprocess.run(command, pass_fds=[descriptor], capture_output=True, text=True, check=False)
    assert "OSError: [Errno 28] No space left on device" in done.stderr
    assert path.read_text() == "first line\n"
    append(descriptor, b"second line\n")
    assert path.read_text() == "first line\nsecond line\n"
