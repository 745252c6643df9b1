"""Whether a user may isolate students' code on this system; what needs it is skipped where not, and says why."""

import os
import shutil
import subprocess
import sys

import pytest

from grading import bubblewrap

ATTEMPT = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def needed():
    """Skip a test where students' code cannot be isolated: not on Linux, or this user may not make user namespaces."""
    if sys.platform != "linux":
        pytest.skip("bubblewrap isolates on Linux alone")
    if os.getuid() != 0:
        needed_by_users()


def needed_by_users(become=()):
    """Skip a test where ordinary users may not make user namespaces; `become`: NOBODY, to try it as one."""
    if shutil.which("bwrap"):  # where it is missing, the test fails: it can be installed
        done = subprocess.run([*become, *ATTEMPT], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"no sandbox for ordinary users here ({done.stderr.strip()}): {bubblewrap.how_to_allow()}")
