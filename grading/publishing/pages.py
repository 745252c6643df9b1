"""What the grader's pages have in common: their templates, what a browser may do with them, the words of verdicts."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from nbformat.notebooknode import NotebookNode

from authoring.registry import Exercise
from grading.texts import readable, short_number

LONGEST_ANSWER = 20_000
TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def allowing(script: str) -> str:
    """Return POLICY with leave for this script of ours, and for no other."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{POLICY}; script-src 'sha256-{digest}'"


Words = tuple[str, str, str]  # sign, words in the table, class of colour
WORDS: dict[str, Words] = {  # by verdict
    "ok": ("✓", "right", "right"),
    "wrong": ("✗", "not right yet", "wrong"),
    "todo": ("○", "still to do", "open"),
    "error": ("✗", "stopped with an error", "wrong"),
    "timeout": ("✗", "took too long", "wrong"),
    "memory": ("✗", "needed too much memory", "wrong"),
    "crashed": ("✗", "ended the Python process", "wrong"),
    "missing": ("○", "not handed in", "open"),
    "unreadable": ("✗", "file could not be read", "wrong"),
    "grader_error": ("…", "not marked yet: our fault", "waits"),
}


def answer_source(exercise: Exercise, notebook: NotebookNode | None) -> str | None:
    """Return the student's source of the answer cell, or None."""
    cells = notebook.cells if notebook else []
    return next((readable(cell.source, LONGEST_ANSWER) for cell in cells if cell.id == exercise.id), None)


def template(name: str) -> Template:
    """Return the template of that name; everything put into it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: "–" if value is None else short_number(value)
    return environment.get_template(name)
