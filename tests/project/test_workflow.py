"""The workflow of GitHub Actions: it is one, nobody can abuse it, and it runs what a person would type."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from authoring.notebooks import ROOT

PROJECT = ROOT / "pyproject.toml"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
TEXT = WORKFLOW.read_text(encoding="utf-8")
JOBS = yaml.safe_load(TEXT)["jobs"]
LINES = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in JOBS.items()}
KEEPS_NO_KEY = "        with:\n          persist-credentials: false\n"


def is_valid(path, run):
    """Whether a file is a workflow by GitHub's schema."""
    return run("check_jsonschema", "--builtin-schema", "vendor.github-workflows", path, check=False).returncode == 0


def abuses(path):
    """Return how a workflow could be abused, as zizmor finds it."""
    settings = ["--offline", "--quiet", "--format=json", f"--config={ROOT / '.github' / 'zizmor.yml'}"]
    done = subprocess.run([Path(sys.executable).parent / "zizmor", *settings, path], capture_output=True, text=True)
    return {finding["ident"] for finding in json.loads(done.stdout)}


@pytest.fixture
def changed(tmp_path):
    """Write the workflow with a mistake in it; return the file."""

    def changed(right, wrong):
        assert right in TEXT
        path = tmp_path / "ci.yml"
        path.write_text(TEXT.replace(right, wrong), encoding="utf-8")
        return path

    return changed


def test_it_is_a_workflow_by_githubs_schema(run, changed):
    assert is_valid(WORKFLOW, run)
    assert not is_valid(changed("runs-on:", "run-on:"), run)


def test_nobody_can_abuse_it(changed):
    assert abuses(WORKFLOW) == set()
    assert abuses(changed(KEEPS_NO_KEY, "")) == {"artipacked"}


def test_it_may_read_the_repository_alone_and_each_job_ends():
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert all("permissions" not in job and job["timeout-minutes"] <= 60 for job in JOBS.values())


def test_on_a_processor_it_runs_what_ci_runs_anywhere_and_the_long_tests():
    assert LINES["test"][-1] == ".ci/run"
    assert LINES["long"][-1] == "make long"
    assert LINES["test"][:-1] == LINES["long"][:-1]


def dry(target):
    """Return the lines that make would run for `target`."""
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_on_a_graphics_card_where_there_is_one_it_runs_make_gpu_and_keeps_the_report():
    assert JOBS["gpu"]["if"] == "vars.GPU_RUNNER != ''"
    assert LINES["gpu"] == ["make gpu"]
    assert JOBS["gpu"]["steps"][-1]["with"]["path"] == "dist/gpu"
    assert any(line.endswith("-m tools.gpu ") for line in dry("gpu"))


def test_as_on_other_machines_it_runs_make_elsewhere():
    [line] = LINES["elsewhere"]
    target, options = line.removeprefix("make ").split(" OPTIONS=")
    assert any(line.endswith("-m tools.elsewhere ") for line in dry(target))
    assert run_module("tools.elsewhere", "--list", options).returncode == 0


def test_each_python_is_tried_on_each_system():
    matrix, offered = JOBS["systems"]["strategy"]["matrix"], tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    oldest, newest = matrix["python"][0], matrix["python"][-1]
    assert offered["project"]["requires-python"] == f">={oldest},<3.{int(newest.split('.')[1]) + 1}"
    assert matrix["python"] == [f"3.{minor}" for minor in range(11, 15)]
    assert [system.split("-")[0] for system in matrix["system"]] == ["ubuntu", "ubuntu", "macos", "windows"]


def test_what_runs_on_windows_needs_no_make_and_names_no_folder_of_linux():
    assert not any("make" in line.split() or ".venv" in line for line in LINES["systems"])


def test_on_each_system_the_solutions_run_as_make_test_runs_them():
    [here] = [line for line in dry("test") if "--nbval" in line.split()]
    [there] = [line for line in LINES["systems"] if "--nbval" in line.split()]
    assert set(there.split("-m pytest ")[1].split()) <= set(here.split())


def run_module(*arguments):
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


ALL_LINES = pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])


@ALL_LINES
def test_each_step_is_a_line_that_a_shell_understands(line):
    assert "\n" not in line, "what takes more lines belongs into the Makefile"
    assert "${{" not in line, "a shell would run whatever GitHub writes there"
    subprocess.run(["bash", "-n", "-c", line], check=True)


@ALL_LINES
def test_shellcheck_has_nothing_to_say(line):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    subprocess.run([shellcheck, "--shell=bash", "-"], input=line, text=True, check=True)
