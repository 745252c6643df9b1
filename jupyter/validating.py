"""The button Validate: it runs the open notebook anew, and says which of its exercises are not done.

In place of nbgrader's, which keeps all of JupyterLab waiting meanwhile, cuts long lines off, calls what is still to do
an error, and ends in a traceback where a cell was copied or a kernel is missing. The button itself is nbgrader's.
"""

import asyncio
import html
import json
import os
from collections import Counter
from pathlib import Path

import nbformat
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbconvert.filters import ansi2html
from nbgrader.server_extensions.validate_assignment.handlers import NbGraderVersionHandler
from nbgrader.utils import compute_checksum
from tornado import web

from helpers.colour import in_colour

ROOT = Path(__file__).resolve().parents[1]
PLACES = [  # in the zip, in the course, in the wheel
    folder / "exercises" / "index.json" for folder in (ROOT / "helpers", ROOT, ROOT.parent)
]
INDEX = next((path for path in PLACES if path.exists()), PLACES[-1])
SECONDS = 120  # for a cell: training may take long on a slow laptop
TOO_LONG = f"This cell ran for more than {SECONDS} seconds, and was stopped."
# The button's dialog writes "The following cell failed:" above each entry, which is not so of what is still to do
STYLE = """<style>
#validation-message > p, #validation-message > div:not(.jp-RenderedText) > p { display: none; }
#validation-message pre { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--jp-ui-font-color1); }
.jp-Dialog-content:has(#validation-message) { max-width: min(800px, 90vw); }
</style>"""


def _load_jupyter_server_extension(server):
    """Let the server answer what the button asks."""
    base = server.web_app.settings["base_url"]
    handlers = [("/assignments/validate", Validate), ("/nbgrader_version", NbGraderVersionHandler)]
    server.web_app.add_handlers(".*$", [(url_path_join(base, path), handler) for path, handler in handlers])


class Validate(JupyterHandler):
    """Answers the button: while a notebook runs, the server does other things."""

    @web.authenticated
    async def post(self):
        """Run the notebook at the argument `path`, and answer in the form that the button's dialog reads."""
        root = Path(self.settings["server_root_dir"]).expanduser().resolve()
        path = (root / self.get_argument("path")).resolve()
        if not path.is_relative_to(root):
            raise web.HTTPError(403, "This notebook is outside of the folder that JupyterLab shows.")
        try:
            # in a thread: nbclient would take Ctrl-C from JupyterLab, and keep it
            answer = {"success": True, "value": await asyncio.to_thread(lambda: asyncio.run(validate(path)))}
        except Refused as refused:
            answer = {"success": False, "value": str(refused)}
        self.finish(json.dumps(answer))


class Refused(Exception):
    """A notebook that cannot be validated. The text says why, and what to do."""


async def validate(path):
    """Return what is not done in the notebook at `path`, as {"failed": [one entry an exercise]}; {} if that is nothing.

    Raises Refused, a sentence, where it cannot be run.
    """
    notebook = read(path)
    exercises = exercises_of(notebook)
    if not exercises:
        raise Refused("This notebook holds no exercise of the session: open one that does, then press Validate.")
    changed = [grade_id(cell) for cell in notebook.cells if is_changed(cell)]
    await run(notebook, path.parent)
    said = [(exercise, verdict(exercise, notebook, changed)) for exercise in exercises]
    failed = [entry(exercise, text) for exercise, text in said if text]
    if not failed:
        return {}
    failed[0]["error"] = STYLE + failed[0]["error"]
    return {"failed": failed}


def read(path):
    """Return the notebook as it was saved, without its outputs."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise Refused(f"The notebook cannot be read ({error}): save it, and press Validate again.") from None
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")  # an older form of file has none
        if cell.cell_type == "code":
            cell.outputs = []
    return notebook


def exercises_of(notebook):
    """Return those of the session's exercises that belong to this notebook, which may have been renamed."""
    known = [exercise for exercise in json.loads(INDEX.read_text(encoding="utf-8")) if not exercise["by_hand"]]
    names = {grade_id(cell).removeprefix("check-") for cell in notebook.cells}
    numbers = Counter(exercise["notebook"] for exercise in known if exercise["id"] in names)
    return [exercise for exercise in known if exercise["notebook"] in dict(numbers.most_common(1))]


def grade_id(cell):
    """Return the name that the release gave to a cell, "" if none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_changed(cell):
    """Whether a cell that is to stay as it was handed out was changed."""
    told = cell.metadata.get("nbgrader", {})
    return bool(told.get("locked") and told.get("checksum")) and told["checksum"] != compute_checksum(cell)


async def run(notebook, folder):
    """Run the notebook's cells in a new kernel, and keep what they show; not those that no check needs."""
    kept = [cell for cell in notebook.cells if "not-graded" not in cell.metadata.get("tags", [])]
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=kept),
        kernel_name="python3",  # the session's, whichever was chosen
        timeout=SECONDS,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "TooLong", "evalue": TOO_LONG, "traceback": [TOO_LONG]},
        allow_errors=True,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        await client.async_execute(env=os.environ | {"NBGRADER_EXECUTION": "validate"})
    except DeadKernelError:
        raise Refused(
            "The kernel died while the notebook ran. Does a cell take more memory than there is? Restart the kernel "
            "and run the cells one by one: the last one that runs is the one."
        ) from None


def verdict(exercise, notebook, changed):
    """Return what is to be said of an exercise, with its label (○ or ✗) in front; "" if its check passed."""
    label = f"✗ Exercise {exercise['number']}"
    checks = [cell for cell in notebook.cells if grade_id(cell) == f"check-{exercise['id']}"]
    if not checks:
        return f"{label}: its check is not in this notebook any more. Copy that cell from the notebook as you got it."
    if grade_id(checks[0]) in changed:
        return f"{label}: the cell of its check was changed. Copy it from the notebook as you got it."
    outputs = [output for cell in checks for output in cell.outputs]
    errors = ["\n".join(output.traceback) for output in outputs if output.output_type == "error"]
    if errors:
        return (
            errors[0] if f"Exercise {exercise['number']}" in errors[0] else f"{label}: its check stopped.\n{errors[0]}"
        )
    passed = any("✓" in output.get("text", "") for output in outputs)
    return "" if passed else f"{label}: its check did not run."


def entry(exercise, text):
    """Return an exercise that is not done as the button's dialog shows it."""
    title = html.escape(f"{exercise['number']} {exercise['title']}", quote=False)
    return {"source": title, "error": ansi2html(in_colour(text)), "raw_error": text}
