"""All that `make bench` measures, in one run, and the report of it."""

import importlib.util
import sys

from benchmarks.report import FOLDER, write_report
from helpers.errors import PlainError

PARTS = ("rating", "text", "loading", "session", "marking")
NEEDED = ("surprise", "cornac", "lenskit", "numba", "sklearn", "pandas", "polars")


def everything(names=PARTS, quick=False, whole=False, folder=FOLDER):
    """Measure the parts called `names`, write the report into `folder`, and say where it is.

    Where a part fails, or is stopped, the report is of those before it.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise PlainError(f"Not installed: {', '.join(missing)}. Type: pip install --editable '.[bench]'")
    parts = []
    try:
        for name in names:
            print(f"measuring: {name}", file=sys.stderr)
            parts.append(measured(name, quick, whole))
    finally:
        print(f"The report is {write_report(parts, folder)}.")


def measured(name, quick, whole):
    """Measure the part called `name`; return it."""
    if name == "marking":
        from benchmarks.grading import marking

        return marking()
    options = {"whole": whole} if name == "session" else {}
    return getattr(importlib.import_module(f"benchmarks.{name}"), name)(quick=quick, **options)
