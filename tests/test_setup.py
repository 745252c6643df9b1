"""What a newcomer does first: install the environment. JupyterLab is opened in test_student_walk."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


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
    script = "import helpers.checks, helpers.data, torch; print(helpers.__file__)"
    done = subprocess.run([fresh / "python", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == clone / "helpers" / "__init__.py"
    for command in (["jupyter", "lab", "--version"], ["nbgrader", "--version"]):
        assert subprocess.run([fresh / command[0], *command[1:]], capture_output=True, check=True).stdout


def test_a_second_set_up_does_nothing():
    done = subprocess.run(["make", "--dry-run", ".venv/test"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "pip install" not in done.stdout


def test_dependencies_are_listed_once():
    assert "torch" not in (ROOT / "environment.yml").read_text()
    assert not list(ROOT.glob("requirements*.txt"))
