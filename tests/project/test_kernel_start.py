"""Before the set-up cell was run, and in another environment's kernel, a sentence says so; the terminal stays quiet."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
from playwright.sync_api import expect

from authoring.bundle import FOLDER, bundle
from authoring.notebooks import RELEASE, ROOT, execute, read
from tests.kit.browser import a_page, chromium, free_port, stop, wait_for

pytestmark = pytest.mark.proof

SETUP = "from exercises import checks\nfrom helpers import session\nsession.start()"


def told(clean_environment, tmp_path, *cells):
    """Return what a kernel says that JupyterLab starts: for each cell the lines of its error, or nothing."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    env = clean_environment | {"PYTHONSTARTUP": str(ROOT / "jupyter" / "kernel_start.py")}
    execute(notebook, folder=tmp_path, env=env, allow_errors=True)
    errors = [[output for output in cell.outputs if output.output_type == "error"] for cell in notebook.cells]
    return [error[0].traceback if error else [] for error in errors]


def test_a_cell_before_the_set_up_says_what_to_do(clean_environment, tmp_path):
    before, _, after, typo = told(clean_environment, tmp_path, "checks.row_dot(1)", SETUP, "checks", "chekcs")
    assert before == [
        "○ name 'checks' is not defined: run the first code cell of the notebook before this one. It sets up what the "
        "others use."
    ]
    assert after == []
    assert typo[0] == "NameError: name 'chekcs' is not defined"


def test_every_name_that_a_set_up_gives_is_answered_so(clean_environment, tmp_path):
    notebook = read(RELEASE / "01_reviews_to_batches.ipynb")
    setup = next(cell.source for cell in notebook.cells if cell.id == "setup")
    names = re.findall(r"\w+", re.sub(r"(from [\w.]+ )?import|as", " ", setup.partition("session.start")[0]))
    said = told(clean_environment, tmp_path, *(f"{name}.x" for name in names))
    assert len(names) > 10
    assert all(len(lines) == 1 and lines[0].startswith("○ name ") for lines in said)


def test_a_kernel_without_the_session_says_which_to_choose(clean_environment, tmp_path):
    """What lacks the helpers is here a kernel that no longer looks where they are."""
    hide = "import sys\nfrom importlib.machinery import PathFinder\nsys.meta_path[:] = [PathFinder]\n"
    hide += f"sys.path[:] = [path for path in sys.path if path not in ('', {str(ROOT)!r}, {str(Path.cwd())!r})]"
    _, lacking = told(clean_environment, tmp_path, hide, SETUP)
    assert lacking == [
        "✗ No module named 'exercises': this kernel is not the session's. Choose another: in JupyterLab, Kernel, "
        "Change Kernel, Python 3; in VS Code, Select Kernel, Python Environments, .venv."
    ]


def test_another_module_that_is_missing_is_told_as_usual(clean_environment, tmp_path):
    [lines] = told(clean_environment, tmp_path, "import no_such_module")
    assert "Traceback" in lines[1]


def test_kernels_of_the_environment_are_told_whoever_starts_them(tmp_path):
    """start.py writes where IPython looks for what an environment's kernels do first."""
    (tmp_path / "start.py").write_text((ROOT / "start.py").read_text(encoding="utf-8"))
    runpy.run_path(str(tmp_path / "start.py"))["configure_kernels"]()
    config = (tmp_path / ".venv" / "etc" / "ipython" / "ipython_kernel_config.py").read_text()
    assert str(tmp_path / "jupyter" / "kernel_start.py") in config
    namespace = {"get_config": lambda: pytest.importorskip("traitlets.config").Config()}
    exec(config, namespace)
    assert namespace["c"].InteractiveShellApp.exec_files == [str(tmp_path / "jupyter" / "kernel_start.py")]


def test_a_python_in_a_terminal_is_left_alone():
    code = "print(1 + 1)\n"
    env = os.environ | {"PYTHONSTARTUP": str(ROOT / "jupyter" / "kernel_start.py")}
    done = subprocess.run([sys.executable, "-i"], input=code, env=env, capture_output=True, text=True, check=True)
    assert (done.stdout, "Error" in done.stderr) == ("2\n", False)


def test_an_ordinary_day_leaves_nothing_but_the_address_in_the_terminal(tmp_path):
    """JupyterLab as start.py opens it: run cells, restart the kernel in the middle, open another notebook, close."""
    bundle(tmp_path / "student.zip")
    ZipFile(tmp_path / "student.zip").extractall(tmp_path)
    folder = tmp_path / FOLDER
    port = free_port()
    command = runpy.run_path(str(folder / "start.py"))["lab_command"](sys.executable)
    mine = ["--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token=of-the-test"]
    mine += [f"--LabApp.{kind}_dir={tmp_path / kind}" for kind in ("user_settings", "workspaces")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RECSYS_", "JUPYTER_"))}
    kept |= {
        "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'helpers'}",
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    with (tmp_path / "terminal").open("w") as terminal:
        server = subprocess.Popen([*command, *mine], cwd=folder, env=kept, stdout=terminal, stderr=terminal)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", server)
            with chromium() as browser, a_page(browser, [r"attachment:[a-z-]+\.png", "channels"]) as page:
                work(page, f"http://127.0.0.1:{port}/?token=of-the-test")
        finally:
            stop(server)
    stopped = (
        r"\[C .* ServerApp\] received signal 15, stopping\n"  # Ctrl-C is asked about, so the test ends it otherwise
    )
    assert re.sub(stopped, "", (tmp_path / "terminal").read_text()) == ""


def work(page, address):
    """Open JupyterLab and do what students do."""
    idle = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status=idle]"

    def run(text):
        cell = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell", has_text=text).first
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        return cell

    def menu(menu, command):
        page.locator(".lm-MenuBar-item", has_text=menu).click()
        page.locator(".lm-Menu-itemLabel").get_by_text(command, exact=True).click()

    page.goto(address)
    page.locator(idle).wait_for(timeout=120_000)
    # before it is connected, JupyterLab would ask in a dialog which kernel a cell is to be run in
    page.locator(".jp-StatusBar-TextItem", has_text="(ipykernel) | Idle").wait_for(timeout=120_000)
    run("from exercises import checks")
    page.locator(idle).wait_for(timeout=120_000)
    run("table.shape, table.dtype").locator(".jp-OutputArea-output").first.wait_for(timeout=120_000)
    menu("Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0, timeout=60_000)
    page.locator(idle).wait_for(timeout=120_000)
    said = run("table.shape, table.dtype").locator(".jp-OutputArea-output").first
    said.wait_for(timeout=120_000)
    page.keyboard.press("Control+s")
    page.locator(".jp-DirListing-item", has_text="02_").dblclick()
    page.locator(idle).wait_for(timeout=120_000)
    run("from exercises import checks")
    page.locator(idle).wait_for(timeout=120_000)
