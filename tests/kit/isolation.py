"""Whether a user may isolate students' code on this system; what needs it is skipped where not, and says why."""

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import cache

import pytest

from grading.sandbox import bubblewrap, cgroups

ATTEMPT = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true"]
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@cache
def refusal(become=()):
    """Return why the system keeps this user from isolating code, and how to allow it, in a sentence; None if not.

    become: NOBODY, to ask for an ordinary user, where root need not ask.
    """
    if sys.platform != "linux":
        return "bubblewrap isolates on Linux alone"
    if not shutil.which("bwrap") or (os.getuid() == 0 and not become):
        return None  # what fails then is to be mended, not skipped
    done = subprocess.run([*become, *ATTEMPT], capture_output=True, text=True, check=False)
    said = f"no sandbox for ordinary users here ({done.stderr.strip()}): {bubblewrap.how_to_allow()}"
    return said if done.returncode else None


def needed(become=()):
    """Skip a test where code cannot be isolated."""
    if refusal(become):
        pytest.skip(refusal(become))


@contextmanager
def machine_of(memory):
    """Let sandboxes share so many bytes of memory, as on a small machine: in a cgroup around theirs."""
    parents = cgroups.parents()
    if parents is None:
        pytest.skip("this user cannot make cgroups: memory is limited process by process")
    name = f"recommenders2-around-{secrets.token_hex(4)}"
    folders = {controller: folder / name for controller, folder in parents.items()}
    around = cgroups.Cgroup(folders, memory, processes=1000)
    try:
        for folder in around.folders:
            enabled = folder / "cgroup.subtree_control"  # in version 2
            if enabled.exists():
                enabled.write_text("+memory +pids")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cgroups, "parents", lambda: folders)
            yield
    finally:
        cgroups.remove(around.folders)
