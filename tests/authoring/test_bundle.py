"""The zip that students get: all they need, nothing they must not see, and the same bytes each time."""

import hashlib
import json
import os
import re
import runpy
import shutil
import stat
import subprocess
import sys
import time
import tomllib
from zipfile import ZipFile

import nbformat
import pytest

from authoring.bundle import FOLDER, LINK, bundle
from authoring.notebooks import RELEASE, ROOT, execute, read
from authoring.wheel import wheel
from tests.authoring.test_no_answers import GIVEN, in_one_form, parts_of
from tests.kit.answer_bank import EXERCISES


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "recommenders2-student.zip"
    assert bundle(path) == 0
    return path


@pytest.fixture(scope="module")
def unpacked(archive):
    ZipFile(archive).extractall(archive.parent)
    return archive.parent / FOLDER


@pytest.fixture
def start(unpacked):
    """What start.py defines."""
    return runpy.run_path(str(unpacked / "start.py"))


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def texts_of(path):
    """Return the texts of a file: of a notebook each string in it, of any other file all that can be read as text."""
    text = path.read_bytes().decode(errors="ignore")
    if path.suffix != ".ipynb":
        return [text]
    found = []
    json.loads(text, object_hook=lambda part: found.extend(map(as_text, part.values())))
    return found


def as_text(value):
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def test_it_holds_what_students_need_and_nothing_else(unpacked):
    names = files_in(unpacked)
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        "README.md",
        "dataset",
        "constraints.txt",
        "docs",
        "environment.yml",
        "helpers",
        "jupyter",
        "notebooks",
        "pyproject.toml",
        "start.py",
    }
    assert {f"notebooks/{FOLDER}/{path.name}" for path in RELEASE.glob("*.ipynb")} < names
    ours = subprocess.run(
        ["git", "ls-files", "helpers", "jupyter"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(ours.stdout.split()) <= names
    assert not {name for name in names if re.search(r"__pycache__|checkpoint|\.pyc$", name)}


def test_of_the_exercises_it_holds_checks_and_index_alone(unpacked):
    """They stand below helpers/: nothing that is called exercises looks like the place to work."""
    folder = unpacked / "helpers" / "exercises"
    kinds = {re.sub(r"^[a-z-]+/check\.py$", "ID/check.py", name) for name in files_in(folder)}
    kit = {f"kit/{name}" for name in files_in(ROOT / "exercises" / "kit") if name.endswith(".py")}
    assert kinds == {"__init__.py", "checks.py", "index.json", "ID/check.py"} | kit
    assert {path.parent.name for path in folder.glob("*/check.py")} == set(EXERCISES)
    assert not (unpacked / "exercises").exists()


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_file_contains_an_answer(exercise, unpacked):
    answers = parts_of(exercise) - set(GIVEN)
    assert answers or exercise == "train-epoch", "but for the loop, which helpers.training has too"
    found = {
        (part, path.name)
        for path in unpacked.rglob("*")
        if path.is_file()
        for text in map(in_one_form, texts_of(path))
        for part in answers
        if part in text
    }
    assert found == set()


def test_an_answer_in_a_notebook_or_a_picture_would_be_found(tmp_path):
    answer = max(parts_of("row-dot"), key=len)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"x = 1\n{answer}\n")])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff" + answer.encode() + b"\xff")
    assert all(any(answer in text for text in texts_of(path)) for path in tmp_path.iterdir())


def test_the_same_files_make_the_same_bytes_elsewhere_and_later(archive, tmp_path, run):
    elsewhere = tmp_path / "clone"
    tracked = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in tracked.stdout.splitlines():
        if not name.startswith("tests/") and (ROOT / name).exists():
            (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, elsewhere / name)
            (elsewhere / name).chmod(0o600)
            os.utime(elsewhere / name, (time.time() - 1e8,) * 2)
    run("authoring", "bundle", cwd=elsewhere, PYTHONPATH=str(elsewhere), TZ="Asia/Tokyo")
    wheel(tmp_path)
    for path in (archive, *tmp_path.glob("*.whl")):
        again = elsewhere / "dist" / path.name
        assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()
        assert {stat.S_IMODE(entry.external_attr >> 16) for entry in ZipFile(again).infolist()} == {0o644}


def test_the_readme_is_the_students_part_and_its_links_lead_somewhere(unpacked):
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "README.md").read_text(encoding="utf-8").startswith(readme)
    assert "start.py" in readme
    assert "## Students" in readme
    assert not re.search(r"make grade|Formgrader|## (Instructors|Contributors)", readme)
    links = LINK.findall(readme)
    assert links
    assert all((unpacked / link).exists() for link in links)


def test_validate_knows_the_exercises(unpacked):
    names = runpy.run_path(str(unpacked / "jupyter" / "validating.py"))
    [path] = unpacked.glob("notebooks/**/01_*.ipynb")
    assert [exercise["number"] for exercise in names["exercises_of"](read(path))] == ["1.1", "1.2", "1.3"]


def test_the_packages_are_ours_and_no_instructors(unpacked):
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    theirs = tomllib.loads((unpacked / "pyproject.toml").read_text(encoding="utf-8"))
    assert theirs["project"] == {key: value for key, value in ours["project"].items() if key != "optional-dependencies"}
    assert theirs["build-system"] == ours["build-system"]
    for name, place in {"helpers": "helpers", "exercises": "helpers/exercises"}.items():
        assert name in theirs["tool"]["setuptools"]["packages"]
        assert (unpacked / theirs["tool"]["setuptools"]["package-dir"].get(name, name)) == unpacked / place
    assert set(theirs) == {"build-system", "project", "tool"}
    assert set(theirs["tool"]) == {"setuptools"}


@pytest.mark.proof
def test_a_notebook_runs_with_the_unpacked_helpers(unpacked, clean_environment):
    notebook = read(unpacked / "notebooks" / FOLDER / "01_reviews_to_batches.ipynb")
    check = next(n for n, cell in enumerate(notebook.cells) if cell.id == "check-row-dot")
    where = nbformat.v4.new_code_cell("import exercises\nprint(exercises.__file__)")
    notebook.cells = [*notebook.cells[: check + 1], where]  # the walk in the browser runs a whole one
    env = clean_environment | {"PYTHONPATH": f"{unpacked}{os.pathsep}{unpacked / 'helpers'}"}
    execute(notebook, folder=unpacked / "notebooks" / FOLDER, env=env, allow_errors=True)
    assert notebook.cells[-1].outputs[0].text.strip() == str(unpacked / "helpers" / "exercises" / "__init__.py")
    failed = {cell.id for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "error"}
    assert failed == {"check-row-dot"}


# start.py


def test_what_is_installed_is_told_by_the_packages_and_the_place(unpacked, start, tmp_path):
    assert not start["is_installed"]()
    start["STAMP"].parent.mkdir()
    start["STAMP"].write_text(start["wanted"](), encoding="utf-8")
    assert start["is_installed"]()
    moved = tmp_path / "moved"
    shutil.copytree(unpacked, moved)
    assert not runpy.run_path(str(moved / "start.py"))["is_installed"]()
    for name in ("pyproject.toml", "constraints.txt"):
        text = (unpacked / name).read_text(encoding="utf-8")
        (unpacked / name).write_text(text + "\n# another package\n", encoding="utf-8")
        assert not start["is_installed"]()
        (unpacked / name).write_text(text, encoding="utf-8")
        assert start["is_installed"]()


@pytest.mark.proof
def test_a_failed_installation_says_so_and_is_tried_again(unpacked, tmp_path):
    """An index without packages stands in for a machine without network."""
    folder = tmp_path / FOLDER
    shutil.copytree(unpacked, folder, ignore=shutil.ignore_patterns(".venv"))
    (tmp_path / "empty").mkdir()
    env = os.environ | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "empty")}
    env["RECSYS_TORCH_INDEX"] = "http://127.0.0.1:9"
    done = subprocess.run(
        [sys.executable, "start.py"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Installing packages into .venv, once: " in done.stdout
    assert "ERROR: No matching distribution found for pip==" in done.stderr
    assert done.stderr.endswith("What was downloaded is kept: start again, and it goes on.\n")
    assert "No matching distribution" in (folder / ".venv" / "install.log").read_text(encoding="utf-8")
    assert (folder / ".venv").exists()
    assert not runpy.run_path(str(folder / "start.py"))["is_installed"]()
