"""The package for a hub: the zip's files, nothing else, and a session that writes only where its user may."""

import hashlib
import subprocess
import sys
from base64 import urlsafe_b64encode
from importlib.metadata import Distribution
from zipfile import ZipFile

import pytest

from authoring.bundle import contents
from authoring.notebooks import ROOT, execute, read, solution_paths
from authoring.wheel import wheel

KEPT = """\
from helpers.data import load_data
from helpers.results import keep, kept
data = load_data()
keep({"KorenMF": {}}, data, 2)
print(kept(data, [2]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package as pip installs it."""
    folder = tmp_path_factory.mktemp("wheel")
    assert wheel(folder) == 0
    [path] = folder.glob("*.whl")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*command, "--target", folder / "installed", path], check=True)
    return folder / "installed"


@pytest.fixture
def home(tmp_path, clean_environment, package):
    """A user's environment, who may write below `tmp_path` alone."""
    (tmp_path / "home").mkdir()
    names = {"XDG_DATA_HOME": str(tmp_path / "home"), "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    return clean_environment | names


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def session(home, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KEPT], cwd=tmp_path, env=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_files_of_the_zip_and_no_other(package):
    zipped = {hashlib.sha256(content).digest() for content in contents().values()}
    own = {name: content for name, content in files(package).items() if ".dist-info/" not in name}
    assert {hashlib.sha256(content).digest() for content in own.values()} <= zipped
    assert {name.split("/")[0] for name in own} == {"helpers", "exercises"}
    assert not [name for name in own if name.endswith((".ipynb", "hidden.py", ".toml"))]


def test_it_holds_all_that_notebooks_import(package):
    own, zipped = files(package), contents()
    assert {name for name in zipped if name.startswith("helpers/") and "/exercises/" not in name} <= own.keys()
    checks = {name.removeprefix("helpers/") for name in zipped if name.startswith("helpers/exercises/")}
    assert checks == {name for name in own if name.startswith("exercises/")}
    assert {f"helpers/{name}" for name in zipped if name.startswith("dataset/")} <= own.keys()


def test_its_list_of_files_is_right(package):
    wheels = ZipFile(next(package.parent.glob("*.whl")))
    [info] = package.glob("*.dist-info")
    listed = {str(file): file.hash.value for file in Distribution.at(info).files if file.hash}
    for name in set(wheels.namelist()) - {f"{info.name}/RECORD"}:
        assert listed[name] == urlsafe_b64encode(hashlib.sha256(wheels.read(name)).digest()).decode().rstrip("=")


def test_it_asks_for_the_sessions_packages(package):
    [info] = package.glob("*.dist-info")
    told = Distribution.at(info).metadata
    assert "torch==2.13.0" in told.get_all("Requires-Dist")
    assert told["Requires-Python"] == ">=3.11,<3.15"


def test_what_is_written_goes_to_the_users_home(package, home, tmp_path):
    before = files(package)
    assert "{'KorenMF': {}}" in session(home, tmp_path)
    assert files(package) == before
    assert {path.name for path in (tmp_path / "home" / "recommenders2").iterdir()} == {
        "reviews.json.gz.encoded.npz",
        "results",
    }
    assert "encoded" not in session(home, tmp_path)  # the second time, they are taken from there


def test_without_a_home_to_write_in_it_says_so_and_goes_on(home, tmp_path):
    (tmp_path / "home").rmdir()
    (tmp_path / "home").touch()
    said = session(home, tmp_path)
    assert "reviews.json.gz.encoded.npz cannot be written (Not a directory)" in said
    assert "These results are not kept for notebook 4" in said


@pytest.mark.proof
def test_notebook_1_runs_with_it(package, home, tmp_path):
    notebook = read(solution_paths()[0])
    execute(notebook, folder=tmp_path, env=home | {"PYTHONPATH": str(package)})
    said = "".join(str(output) for cell in notebook.cells for output in cell.get("outputs", []))
    assert "Generated reviews (helpers/dataset/generated/reviews.json.gz)" in said
    assert str(ROOT) not in said
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["recommenders2"]
