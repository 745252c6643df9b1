"""Each model's error, as the solution notebooks themselves compute it on any file of reviews."""

import csv
import json
import os
import sys

import nbformat

from authoring.notebooks import execute, read, solution_paths
from helpers.data import load_data

PARTS = ("train", "val", "test")
READ_REACHED = 'import json\nprint(json.dumps(globals().get("reached", {})))'


def notebook_errors(fold=0):
    """Execute the solution notebooks and return model -> {train, val, test, seconds}, the mean first.

    fold: which 1 in 8 of the reviews is held out. The notebooks read what they would read anyway (RECSYS_REVIEWS).
    Raises DataError, before any notebook starts, where the file cannot be used.
    """
    os.environ["RECSYS_FOLD"] = str(fold)
    load_data(quiet=True)
    errors = {}
    for path in solution_paths():
        notebook = read(path)
        notebook.cells.append(nbformat.v4.new_code_cell(READ_REACHED))
        print(f"executing {path.name} ...", file=sys.stderr)
        execute(notebook, folder=path.parent)
        errors |= json.loads(notebook.cells[-1].outputs[0].text)
    return errors


def write_errors(errors, file=sys.stdout):
    """Write `errors` as CSV, a row per model."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["model", *PARTS, "seconds"])
    for model, row in errors.items():
        writer.writerow([model, *(f"{row[part]:.4f}" for part in PARTS), f"{row['seconds']:.2f}"])
