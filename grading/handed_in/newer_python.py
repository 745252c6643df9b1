"""Code that is written for a newer Python than the one that grades: told from code that no Python understands.

Ruff's parser knows the syntax of Pythons that are not installed here, and names the first that has it.
"""

import platform
import re
import subprocess
import sys
import warnings

from IPython.core.inputtransformer2 import TransformerManager

OURS = ".".join(platform.python_version_tuple()[:2])
ADDED = re.compile(r"invalid-syntax: .*\(syntax was added in Python 3\.(\d+)\)$")
PATIENCE = 20  # seconds; it takes some hundredths of one
RUFF = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--output-format", "concise"]


class NewerPython(Exception):
    """A cell needs a newer Python than the grader's; the text says which."""

    def __init__(self, version: str) -> None:
        super().__init__(f"This code needs Python {version} or newer, and the grader has Python {OURS}.")
        self.version = version


def newer_python(source: str) -> str:
    """Return the first Python that understands the source of a cell that ours does not: "3.12"; "" if none does."""
    options = ["--select", "E9", "--target-version", f"py{OURS.replace('.', '')}", "-"]
    try:
        with warnings.catch_warnings(action="ignore"):
            plain = TransformerManager().transform_cell(source)  # without magics, which are no Python
        done = subprocess.run(
            [*RUFF, *options], input=plain, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (SyntaxError, ValueError, RecursionError, subprocess.TimeoutExpired):
        return ""
    said = [line for line in done.stdout.splitlines() if "invalid-syntax" in line]
    added = [int(found[1]) for line in said if (found := ADDED.search(line))]
    return f"3.{max(added)}" if added and len(added) == len(said) else ""
