"""Each model's error, as the solution notebooks themselves compute it on any file of reviews."""

import csv
import json
import sys

import nbformat

from authoring.notebooks import execute, read, solution_paths
from helpers.data import load_data
from helpers.results import PARTS

READ_REACHED = 'import json\nprint(json.dumps(globals().get("reached", {})))'


def errors(file=sys.stdout):
    """Execute the solution notebooks and write each model's errors as CSV, the mean first.

    Raises DataError, before any notebook starts, where the file cannot be used.
    """
    load_data(quiet=True)
    reached = {}
    for path in solution_paths():
        if any("reached" in cell.source for cell in read(path).cells):
            reached |= executed(path)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["model", *PARTS, "seconds"])
    for model, row in reached.items():
        writer.writerow([model, *(f"{row[part]:.4f}" for part in PARTS), f"{row['seconds']:.2f}"])


def executed(path):
    """Execute the solution notebook at `path`; return what its models reached: model -> errors and seconds."""
    notebook = read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(READ_REACHED))
    print(f"executing {path.name} ...", file=sys.stderr)
    execute(notebook, folder=path.parent)
    return json.loads(notebook.cells[-1].outputs[0].text)
