"""A copy of the project, in which authors' commands are typed."""

import shutil
import subprocess
import sys

import pytest

from authoring.notebooks import ROOT


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the project as it stands here."""
    folder = tmp_path_factory.mktemp("clone")
    folder.chmod(0o755)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def do(clone, clean_environment):
    """Run a command of Python's in the copy; return what it printed, also of errors if one is expected."""

    def do(*command, code=0, **environment):
        there = clean_environment | {"PYTHONPATH": str(clone)} | environment
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=clone, env=there, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + (done.stderr if code else "")

    return do
