"""Other machines: lines of `make elsewhere`, and what it, `make gpu` and a first start say where something fails."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from authoring.notebooks import ROOT

SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
LAB = f"""
import subprocess, sys
options = ["--config={ROOT / "jupyter" / "lab_config.py"}", "--allow-root", *sys.argv[1:]]
sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab", *options]).returncode)
"""

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="other users, umasks and locales are those of Unix"),
    pytest.mark.proof,
]


@pytest.fixture
def project(tmp_path):
    """A copy of the project, to change."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in names:
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def elsewhere(run):
    """Run `python -m tools.elsewhere`; return the process and, by name, what it says of each line."""

    def elsewhere(*options, cwd=ROOT):
        done = run("tools.elsewhere", *options, cwd=cwd, check=False)
        said = re.findall(r"^([\w-]+) .* s  .{12}  (.+)$", done.stdout, flags=re.MULTILINE)
        return done, dict(said)

    return elsewhere


def replace(path, right, wrong):
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


# --- as on other machines


def test_notebooks_1_and_2_are_the_same_where_much_differs_at_once(elsewhere):
    done, said = elsewhere("--quick", "--only", "together")
    if said["together"].startswith("not run: "):
        pytest.skip(said["together"])
    assert said == {"together": "green"}, (ROOT / "dist" / "elsewhere" / "together.log").read_text(encoding="utf-8")
    assert done.returncode == 0


def test_the_data_are_the_same_with_other_vector_units(elsewhere):
    done, said = elsewhere("--data", "--only", "plain", "numpy-no-avx512", "numpy-baseline")
    assert {name for name, words in said.items() if words == "green"} >= {"plain"}, done.stdout
    assert done.returncode == (2 if any(words.startswith("not run: ") for words in said.values()) else 0)
    version = json.loads((ROOT / "dataset" / "generated" / "version.json").read_text(encoding="utf-8"))
    assert SHA256.findall(done.stdout) == [version["sha256"]["reviews.json.gz"]]


def test_a_line_that_changes_nothing_is_red(elsewhere, project):
    replace(project / "tools" / "combinations.py", "torch.set_num_threads = lambda threads: None", "")
    done, said = elsewhere("--data", "--only", "threads-2", cwd=project)
    assert said == {"threads-2": "red: threads should be 2, and is 1"}
    assert done.returncode == 1


def test_what_cannot_be_run_is_said_and_is_not_green(elsewhere, project):
    replace(project / "tools" / "combinations.py", "localedef", "no-such-program")
    replace(project / "tools" / "combinations.py", '"tr_tr.utf8", "tr_tr.utf-8"', "None")
    done, said = elsewhere("--data", "--only", "turkish", cwd=project)
    assert said["turkish"].startswith("not run: ")
    assert done.returncode == 2
    assert elsewhere("--data", "--only", "turkish", "--accept-not-run", cwd=project)[0].returncode == 0


@pytest.mark.long
def test_a_cell_that_prints_something_else_is_named(elsewhere, project):
    path = next((project / "solutions").rglob("01*.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    [cell] = [cell for cell in notebook["cells"] if cell["id"] == "autograd-run"]
    cell["outputs"][0]["data"]["text/plain"] = ["tensor(-5.)"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done, said = elsewhere("--quick", "--only", "plain", cwd=project)
    assert said == {"plain": "red: 01_reviews_to_batches, cell `autograd-run`"}
    assert done.returncode == 1


def test_a_line_that_there_is_not_is_refused_before_anything_runs(elsewhere):
    done, said = elsewhere("--only", "plane")
    assert (done.returncode, said) == (2, {})
    assert "invalid choice: 'plane'" in done.stderr


# --- on a graphics card, and from nothing


def test_without_a_graphics_card_make_gpu_says_so_in_one_sentence(run, tmp_path):
    done = run("tools.gpu", "--out", tmp_path / "gpu", check=False, CUDA_VISIBLE_DEVICES="")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"torch finds no graphics card [^.]+\.\n", done.stderr)
    assert not (tmp_path / "gpu").exists()


def start(folder, text):
    (folder / "start.py").write_text(text, encoding="utf-8")
    command = [sys.executable, ROOT / "tools" / "first_start.py", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_first_start_looks_at_jupyterlab_and_ends_it(tmp_path):
    done = start(tmp_path, LAB)
    assert done.returncode == 0, done.stderr
    assert "the notebooks are 01_reviews_to_batches.ipynb, " in done.stdout
    assert done.stdout.endswith("it ended with 0.\n")


def test_a_first_start_that_fails_is_told_in_one_sentence(tmp_path):
    done = start(tmp_path, "import sys; sys.exit(3)")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "start.py ended with exit code 3 before JupyterLab answered.\n"
