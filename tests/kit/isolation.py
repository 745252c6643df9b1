"""Whether a user may isolate students' code on this system; what needs it is skipped where not, and says why."""

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest

from grading.sandbox import bubblewrap

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
