"""The machine that the hub's walk has for itself: nothing of it is left on this one, also if its test is killed."""

import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from tests.kit.machine import machine
from tests.kit.students import running

pytestmark = pytest.mark.proof

NAME = "of-the-machine"
MAKE = f"""\
from tests.kit.machine import machine
with machine() as computer:
    computer.run("useradd --create-home {NAME}; touch /srv/{NAME} /tmp/{NAME} /var/mail/{NAME}")
    print(computer.enter[1], flush=True)
    computer.run("MARK=%s sleep 1000", "{NAME}")
"""


def traces(mark):
    """Return what is left on this machine: the account, files and processes."""
    files = [Path(folder, NAME) for folder in ("/home", "/srv", "/tmp", "/var/mail")]
    accounts = [account for account in pwd.getpwall() if account.pw_name == NAME]
    return [file for file in files if file.exists()] + running(mark) + accounts


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_when_the_test_is_ended(end, tmp_path):
    with machine():  # which skips where there can be none
        pass
    mark = f"mark-{tmp_path.name}-{end}"
    command = [sys.executable, "-c", MAKE % mark]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        entered = process.stdout.readline()
        assert entered.startswith("--target=")
        for _ in range(300):
            if running(mark):
                break
            time.sleep(0.1)
        assert running(mark)
        assert [trace for trace in traces(mark) if trace not in running(mark)] == []
        process.send_signal(end)
    for _ in range(300):
        if not traces(mark):
            break
        time.sleep(0.1)
    assert traces(mark) == []
