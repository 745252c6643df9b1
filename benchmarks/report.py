"""The report: tables in the terminal, the same in Markdown with the machine's description, and pictures."""

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from helpers.data import load_data

FOLDER = Path("dist") / "bench"
PACKAGES = (
    *("torch", "numpy", "scikit-surprise", "cornac", "lenskit", "numba", "scikit-learn", "pandas", "polars"),
    "nbgrader",
)


class Table(NamedTuple):
    """Rows, each a tuple of texts and numbers, under headings; a None is shown as a dash. The notes stand below."""

    title: str
    headings: tuple
    rows: list
    notes: tuple = ()


class Target(NamedTuple):
    """Something to reach, and what was measured, both in words; `reached` is None where this run cannot say."""

    what: str
    bound: str
    measured: str
    reached: bool | None


class Part(NamedTuple):
    """What one part of the benchmark found; `pictures`: functions from a folder to (file name, alternative text)."""

    name: str
    tables: tuple = ()
    targets: tuple = ()
    pictures: tuple = ()
    text: str = ""  # a table that comes as text already


def at_most(what, limit, value, unit="×"):
    """Return the Target that `value` is at most `limit`."""
    return bounded(what, f"at most {limit:g} {unit}", value, unit, None if value is None else value <= limit)


def at_least(what, limit, value, unit="×"):
    """Return the Target that `value` is at least `limit`."""
    return bounded(what, f"at least {limit:g} {unit}", value, unit, None if value is None else value >= limit)


def bounded(what, bound, value, unit, reached):
    """Return a Target on a number, None if it was not measured."""
    return Target(what, bound, "not measured" if value is None else f"{cell(value)} {unit}", reached)


def ratio(value, other):
    """Return value / other; None where one of them was not measured."""
    return None if value is None or other is None else value / other


def cell(value):
    """Return a number with three digits that count, a text as it is, None as a dash."""
    if value is None:
        return "–"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else value
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if 1e-2 <= abs(value) < 10 else f"{value:.3g}"


def plain_table(table):
    """Return a Table as text for a terminal: the first column to the left, the others to the right."""
    rows = [table.headings, *(tuple(map(cell, row)) for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(text.ljust(width) if n == 0 else text.rjust(width) for n, (text, width) in enumerate(pairs)).rstrip()
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return "\n".join([table.title, "", *lines, "", *table.notes, ""])


def markdown_table(table):
    """Return a Table as Markdown."""
    rows = [table.headings, ("---", *["---:"] * (len(table.headings) - 1)), *(map(cell, row) for row in table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"### {table.title}", "", *lines, "", *(f"{note}\n" for note in table.notes)])


def targets_table(parts):
    """Return the Table of all targets."""
    words = {True: "reached", False: "MISSED", None: "unknown"}
    rows = [
        (target.what, target.bound, target.measured, words[target.reached]) for part in parts for target in part.targets
    ]
    return Table("What is to be reached", ("what", "bound", "measured", ""), rows)


def machine():
    """Return what was measured on, as a list of sentences."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"{platform.platform()}; Python {platform.python_version()}.",
        f"{versions}.",
        f"Load at the end of the run, over 1, 5 and 15 minutes: {load}.",
        f"{load_data(quiet=True)!r}.",
    ]


def processor():
    """Return the processor's name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def version(name):
    """Return a package's version; torch's with its build (2.13.0+cu130), which the package from PyPI leaves out."""
    try:
        if name == "torch":
            from torch import __version__  # here, as processes that are measured do without torch

            return __version__
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def write_report(parts, folder=FOLDER):
    """Print the tables; write them and the pictures into `folder`; return the path of the Markdown file."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    targets, about = targets_table(parts), machine()
    print(plain_table(targets))
    for part in parts:
        print(*map(plain_table, part.tables), part.text, sep="\n")
    print(*about, sep="\n")
    text = ["# Measured beside the best", "", *(f"{sentence}\n" for sentence in about), markdown_table(targets)]
    for part in parts:
        text += ["", f"## {part.name}", ""]
        text += [f"![{alt}]({name})\n" for name, alt in (draw(folder) for draw in part.pictures)]
        text += map(markdown_table, part.tables)
        text += ["```", part.text.rstrip(), "```"] if part.text else []
    path = folder / "report.md"
    path.write_text("\n".join(text), encoding="utf-8")
    return path
