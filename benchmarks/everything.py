"""All that `make bench` measures, in one run, and the report of it."""

import importlib.util
import io
import sys
from contextlib import redirect_stdout

from benchmarks.report import FOLDER, Part, write_report
from helpers.errors import PlainError

PARTS = ("rating", "text", "loading", "session", "marking")
NEEDED = ("surprise", "cornac", "lenskit", "numba", "sklearn", "pandas", "polars")


def everything(names=PARTS, quick=False, whole=False, folder=FOLDER):
    """Measure the parts called `names`, write the report into `folder`, and say where it is."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise PlainError(f"Not installed: {', '.join(missing)}. Type: pip install --editable '.[bench]'")
    parts = []
    for name in names:
        print(f"measuring: {name}", file=sys.stderr)
        parts.append(measured(name, quick, whole))
    print(f"The report is {write_report(parts, folder)}.")


def measured(name, quick, whole):
    """Measure the part called `name`; return it."""
    if name == "marking":
        return marking()
    options = {"whole": whole} if name == "session" else {}
    return getattr(importlib.import_module(f"benchmarks.{name}"), name)(quick=quick, **options)


def marking():
    """Return what `python -m benchmarks grading` prints."""
    from benchmarks.grading import grading

    with redirect_stdout(io.StringIO()) as printed:
        grading()
    return Part("Marking", text=printed.getvalue())
