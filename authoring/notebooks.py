"""Notebooks as files: read, execute, normalise, write."""

import os
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions" / "recommenders2"
RELEASE = ROOT / "notebooks" / "recommenders2"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("nbgrader", "tags")


def solution_paths():
    """Return the solution notebooks, in the order of the session."""
    return sorted(SOLUTIONS.glob("[0-9]*.ipynb"))


def read(path):
    """Return the notebook at `path`, format 4."""
    return nbformat.read(path, as_version=4)


def write(notebook, path):
    """Write `notebook` to `path`, unless it stands there already, byte for byte; return whether it was written."""
    text = nbformat.writes(notebook) + "\n"
    path = Path(path)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def execute(notebook, folder=SOLUTIONS, env=None, **options):
    """Run all cells of `notebook` in a new kernel started in `folder`, and keep their outputs in it.

    env: the kernel's environment variables (None: ours). options: further settings of nbclient's NotebookClient.
    Raises nbclient.exceptions.CellExecutionError at the first cell that fails, unless `allow_errors=True`.
    """
    from nbclient import NotebookClient  # here, since most who read notebooks do not run them

    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
        **options,
    )
    client.execute(env=dict(os.environ) if env is None else env)
    return notebook


def normalise(notebook):
    """Leave in `notebook` only what its readers need, so that two executions on one machine make the same file.

    Kernel and language are named once and for all; cells keep their nbgrader metadata and tags; an exercise's cell is
    called by its id; code cells count 1..n; emptied displays (finished progress bars) go.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        )
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        if cell.cell_type == "code":
            count += 1
            normalise_code(cell, count)
    nbformat.validate(notebook)
    return notebook


def normalise_code(cell, count):
    """Number a code cell and its result, and drop the displays that were emptied."""
    cell.outputs = [output for output in cell.outputs if output.get("data", True)]
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count
        if "metadata" in output:
            output.metadata = nbformat.from_dict({})
