"""The audit's file: on a disk that has room for half a line; when each student was marked."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from grading.course import Course
from grading.running.audit import append, times
from grading.running.results import Results

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


def test_it_says_when_each_student_was_marked_of_late(tmp_path):
    results = Results(Course(tmp_path))
    assert times(results, 0) == {}
    results.folder.mkdir()
    lines = [
        {"time": "2026-11-24T10:00:00+00:00", "student": "ada"},
        {"time": "2026-11-24T11:00:00+00:00", "student": "ada"},
        {"time": "2026-11-24T10:59:00+00:00", "student": "ben"},
    ]
    (results.folder / "audit.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    eleven = datetime(2026, 11, 24, 11, tzinfo=UTC).timestamp()
    assert times(results, eleven - 60.5) == {"ada": [eleven], "ben": [eleven - 60]}
