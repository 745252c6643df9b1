"""What a newcomer does first: install the environment. JupyterLab is opened in test_student_walk."""

import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from authoring.notebooks import ROOT

pytestmark = pytest.mark.proof

CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")


def plainly(line):
    """Return the name and the version of a line such as `Jinja2==3.1.6 ; python_version < '3.12'`."""
    name, number = line.partition(";")[0].split("==")
    return canonicalize_name(name), number.strip().replace("+cpu", "")


PINNED = [plainly(line) for line in CONSTRAINTS.splitlines() if line and line[0] != "#"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of what git tracks, so that nothing of this working folder is there by chance."""
    folder = tmp_path_factory.mktemp("clone") / "recommenders2"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        if (ROOT / name).exists():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    return folder


def test_the_conda_environment_installs_into_a_fresh_environment(clone, tmp_path):
    """What environment.yml names, installed by pip in the file's folder, as conda does it."""
    [python, _, pip_packages] = yaml.safe_load((clone / "environment.yml").read_text())["dependencies"]
    assert python == "python=3.11"
    requirements = clone / "requirements.txt"
    requirements.write_text("\n".join(pip_packages["pip"]))
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    fresh = tmp_path / "venv" / "bin"
    install = ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements.name]
    subprocess.run([fresh / "pip", *install], cwd=clone, check=True)
    script = "import exercises.checks, helpers.data, torch; print(helpers.__file__)"
    done = subprocess.run([fresh / "python", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == clone / "helpers" / "__init__.py"
    installed = subprocess.run(
        [fresh / "pip", "freeze", "--exclude", "recommenders2"], capture_output=True, text=True, check=True
    ).stdout
    freely = [line for line in installed.splitlines() if "==" in line and plainly(line) not in PINNED]
    assert freely == []
    for command in (["jupyter", "lab", "--version"], ["nbgrader", "--version"]):
        assert subprocess.run([fresh / command[0], *command[1:]], capture_output=True, check=True).stdout


def test_a_second_set_up_does_nothing():
    done = subprocess.run(["make", "--dry-run", ".venv/test"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "start.py" not in done.stdout


def test_every_package_has_its_version():
    """Each that pyproject.toml names is in constraints.txt, in a version that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = chain(project["dependencies"], *project["optional-dependencies"].values())
    versions = dict(PINNED)
    assert len(versions) == len(PINNED)  # one of each, for all systems and Pythons
    for requirement in map(Requirement, named):
        if requirement.name != project["name"]:
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement
    assert versions["torch"] == "2.13.0"
    assert {"pip", "setuptools"} < set(versions)
