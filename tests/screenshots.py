"""Make the pictures in docs/screenshots/ anew: what students see in JupyterLab, in their configuration.

    python -m tests.screenshots [FOLDER] [--dark]

It needs `pip install --editable '.[browser]'`, and a Chromium: on the PATH, or from `playwright install chromium`.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, TimeoutError, sync_playwright

from authoring.notebooks import RELEASE, ROOT, SOLUTIONS, read, write

FOLDER = ROOT / "docs" / "screenshots"
TOKEN = "pictures"
ROW_DOT = {  # what stands in place of the `...`
    "right": "(a * b).sum(dim=1)",
    "wrong-shape": "(a * b).sum(dim=1, keepdim=True)",
    "wrong-value": "(a * b).mean(dim=1)",
    "still-to-do": "...",
    "exception": "a @ b",
}
SUMMARY_CELLS = [
    *("setup", "load", "baseline-run", "classic-mf", "check-classic-mf", "koren-mf", "check-koren-mf"),
    *("koren-fit", "koren-run", "check-koren-fit", "summary-text", "summary"),
]
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
DONE = """() => {
    const prompts = [...document.querySelectorAll(".jp-Notebook .jp-InputPrompt")].map(prompt => prompt.innerText);
    return prompts.length && prompts.every(prompt => /^\\[\\d+\\]:$|^$/.test(prompt));
}"""


def main():
    """Parse the command line and make all the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where the pictures go")
    parser.add_argument("--dark", action="store_true", help="in JupyterLab's dark theme")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as desk, jupyterlab(Path(desk), options.dark) as address, page() as browser:
        for name, cells in pictures(Path(desk)).items():
            take(browser, f"{address}/doc/tree/{name}.ipynb?token={TOKEN}", cells, options.folder / f"{name}.png")


def pictures(desk):
    """Write a notebook for each picture onto `desk`; return name -> how many cells, from the end, the picture shows."""
    for name, answer in ROW_DOT.items():
        notebook = read(RELEASE / "01_reviews_to_batches.ipynb")
        notebook.cells = [cell for cell in notebook.cells if cell.id in ("setup", "row-dot", "check-row-dot")]
        notebook.cells[1].source = notebook.cells[1].source.replace("...", answer, 1)
        write(notebook, desk / f"{name}.ipynb")
    write(one_right_one_wrong(), desk / "summary.ipynb")
    return dict.fromkeys(ROW_DOT, 2) | {"summary": 2}


def one_right_one_wrong():
    """Return the exercises of notebook 2, the first answered right, the second wrong, the third not at all."""
    solved = {cell.id: cell.source for cell in read(SOLUTIONS / "02_matrix_factorization.ipynb").cells}
    answers = {
        "classic-mf": solved["classic-mf"],
        "koren-mf": solved["koren-mf"].replace("self.gmean + umean + imean +", "self.gmean +"),
    }
    notebook = read(RELEASE / "02_matrix_factorization.ipynb")
    notebook.cells = [cell for cell in notebook.cells if cell.id in SUMMARY_CELLS]
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


@contextmanager
def jupyterlab(desk, dark):
    """Serve the notebooks on `desk` in the students' JupyterLab; yield its address."""
    settings = desk / ".settings"
    themes = settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True)
    themes.write_text('{"theme": "JupyterLab Dark"}' if dark else "{}", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", f"--config={ROOT / 'jupyter' / 'lab_config.py'}", "--no-browser"]
    command += [f"--ServerApp.root_dir={desk}", f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    command += ["--LabApp.expose_app_in_browser=True", f"--LabApp.user_settings_dir={settings}", "--log-level=ERROR"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    server = subprocess.Popen([*command, f"--LabApp.workspaces_dir={desk / '.workspaces'}"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def page():
    """Yield a page of a headless Chromium, as wide as a page of text."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
        yield chromium.new_page(viewport={"width": 880, "height": 1000}, device_scale_factor=2)
        chromium.close()


def take(browser, address, cells, path):
    """Open a notebook, run it, and keep a picture of its last `cells` cells."""
    open_patiently(browser, address)
    run_patiently(browser)
    boxes = [cell.bounding_box() for cell in browser.query_selector_all(".jp-Notebook .jp-Cell")[-cells:]]
    top, bottom = boxes[0]["y"] - 4, boxes[-1]["y"] + boxes[-1]["height"] + 4
    clip = {"x": boxes[0]["x"], "y": top, "width": boxes[0]["width"], "height": bottom - top}
    image = Image.open(BytesIO(browser.screenshot(clip=clip))).convert("RGB").quantize(96)
    image.save(path, optimize=True)
    print(f"{path}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def open_patiently(browser, address, attempts=60):
    """Go to `address`, which a server that is still starting does not answer yet."""
    for attempt in range(attempts):
        try:
            return browser.goto(address)
        except Error as error:
            if "ERR_CONNECTION_REFUSED" not in str(error) or attempt == attempts - 1:
                raise
            browser.wait_for_timeout(500)


def run_patiently(browser, attempts=3):
    """Run all cells of the notebook on the page; if the page and its kernel lose each other meanwhile, once more."""
    for attempt in range(attempts):
        try:
            browser.wait_for_selector(IDLE, timeout=60_000)
            browser.wait_for_timeout(2_000)
            browser.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
            browser.wait_for_function(DONE, timeout=40_000)
            return browser.wait_for_timeout(1_000)
        except TimeoutError:
            if attempt == attempts - 1:
                raise
            browser.reload()


if __name__ == "__main__":
    main()
