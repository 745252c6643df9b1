"""A student's notebook, read from bytes that may be anything: what comes out is small, plain and of our own making.

Jupyter's own reader is for files that Jupyter wrote. This one takes what is of use in any file that has cells, and
raises nothing but Unreadable.
"""

import json
import re
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from grading.handed_in.archives import Source, Unreadable, source_of
from grading.handed_in.outputs import Room, clean_attachments, clean_outputs, joined
from grading.notebook_limits import (
    MAX_CELL_OUTPUTS,
    MAX_CELLS,
    MAX_SOURCE,
    MAX_TEXT,
    MAX_VALUES,
    MIN_CELL_OUTPUTS,
)  # fmt: skip

CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
OUTPUTS = re.compile(rb'(?<!\\)"outputs"\s*+:\s*+(?=\[)')
# Up to 999 pieces that leave the depth of brackets as it is; then up to 999 escapes of a string, with what is between.
# "Any number" is not asked for: that takes memory, and its form that takes none errs before Python 3.11.5.
PIECES = re.compile(
    rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+){0,999}"|\[[^"\[\]{}]*+\]|\{[^"\[\]{}]*+\}){0,999}', re.DOTALL
)
IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+){0,999}', re.DOTALL)


def read_notebook(source: bytes | str | Path | Source) -> NotebookNode:
    """Return the notebook in `source`: its bytes, a path, or a Source; raises Unreadable.

    The cells of the NotebookNode have `cell_type`, `source`, `metadata` that hold at most the student's `grade_id`, and
    where they are valid `id`, `outputs` with `execution_count`, and `attachments`. The notebook's `metadata.notes` say
    in sentences what was left out.
    """
    if not isinstance(source, bytes):
        source = (source_of(source) if isinstance(source, str | Path) else source).read()
    notes: list[str] = []
    document = parsed(small_enough(as_utf8(source, notes), notes), notes)
    room = Room()
    cells = [clean_cell(cell, room, notes) for cell in raw_cells(document) if isinstance(cell, dict)]
    metadata = NotebookNode(notes=list(dict.fromkeys(notes)))  # each note once
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells)


def as_utf8(data: bytes, notes: list[str]) -> bytes:
    """Return `data` as UTF-8 without a byte order mark."""
    encoding = json.detect_encoding(data)
    if encoding.startswith("utf-8"):
        return data.removeprefix(b"\xef\xbb\xbf")
    if len(data) > 4 * MAX_TEXT:
        raise Unreadable(f"The file is written in {encoding.upper()}, and larger than {4 * MAX_TEXT // 2**20} MB.")
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise Unreadable(f"The file is no text: it begins like {encoding.upper()}, but is not.") from error
    notes.append(f"The notebook is written in {encoding.upper()} where UTF-8 belongs.")
    return text.encode("utf-8", "replace")


def small_enough(data: bytes, notes: list[str]) -> bytes:
    """Return a notebook's bytes without the outputs of cells that have too many; all outputs go if it is still large.

    So a student who printed 100 MB loses the prints and not the marks.
    """
    data = without_outputs(data, MAX_CELL_OUTPUTS, notes)
    return data if len(data) <= MAX_TEXT else without_outputs(data, MIN_CELL_OUTPUTS, notes)


def without_outputs(data: bytes, limit: int, notes: list[str]) -> bytes:
    """Return a notebook's bytes without the outputs of cells that have more than `limit` bytes of them.

    They are found without reading the file as JSON. Line breaks stay, for the sake of line numbers.
    """
    kept, begin, found, left = [], 0, OUTPUTS.search(data), MAX_VALUES
    while found:
        end, left = end_of_list(data, found.end(), left)
        if not end:  # the file is broken, which its reader will say
            break
        if end - found.end() > limit:
            lines = data.count(b"\n", found.end(), end)
            kept += [data[begin : found.end()], b"[", b"\n" * lines, b"]"]
            notes.append("The outputs of some cells are so large that they were left out.")
            begin = end
        found = OUTPUTS.search(data, end)
    return b"".join([*kept, data[begin:]]) if kept else data


def end_of_list(data: bytes, begin: int, steps: int) -> tuple[int, int]:
    """Return where the list that begins at `begin` ends, and how many of the `steps` are left.

    The end is 0 if it is nowhere, or if the list is too intricate to tell in so many steps.
    """
    depth, position = 1, begin + 1
    for left in range(steps, 0, -1):
        position = PIECES.match(data, position).end()  # type: ignore[union-attr]  # it matches nothing, too
        match data[position : position + 1]:
            case b"[" | b"{":
                depth, position = depth + 1, position + 1
            case b"]" | b"}":
                depth, position = depth - 1, position + 1
            case b'"':
                position = end_of_string(data, position + 1)
            case b"":
                position = 0
        if not position:
            break
        if depth == 0:
            return position, left
    return 0, 0


def end_of_string(data: bytes, begin: int) -> int:
    """Return where the string ends whose text begins at `begin`; 0 if it is nowhere."""
    position, end = begin, IN_STRING.match(data, begin).end()  # type: ignore[union-attr]  # it matches nothing, too
    while end > position and data[end : end + 1] == b"\\":
        position, end = end, IN_STRING.match(data, end).end()  # type: ignore[union-attr]
    return end + 1 if data[end : end + 1] == b'"' else 0


def parsed(data: bytes, notes: list[str]) -> object:
    """Return the JSON document in `data`."""
    if len(data) > MAX_TEXT:
        raise Unreadable(f"The notebook is larger than {MAX_TEXT // 2**20} MB without its large outputs.")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise Unreadable("The notebook holds more values than can be read.")
    if not data.strip():
        raise Unreadable("The file is empty.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        notes.append("The notebook is not written in UTF-8; its accented letters may have come out wrong.")
    try:
        return json.loads(text, parse_int=short_int, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"The file is no notebook, its JSON is broken at {where}: {error.msg}.") from error
    except RecursionError as error:
        raise Unreadable("The file is no notebook, its JSON is nested too deeply.") from error


def short_int(digits: str) -> int | None:
    """Return the number, or None if it is of a length that means something else than a number."""
    return int(digits) if len(digits) < 20 else None


def raw_cells(document: object) -> list[Any]:
    """Return the list of cells of a notebook in any format: since 4 it stands at the top, in 3 below worksheets."""
    if not isinstance(document, dict):
        raise Unreadable("The file is no notebook: it is JSON, but no notebook's.")
    cells, sheets = document.get("cells"), document.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for cells in lists if isinstance(cells, list) for cell in cells]
    if not isinstance(cells, list):
        raise Unreadable("The file is no notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has more than {MAX_CELLS:,} cells.")
    return cells


def clean_cell(cell: dict[str, Any], room: Room, notes: list[str]) -> NotebookNode:
    """Return a cell with what is of use in it."""
    kind, source = cell.get("cell_type"), joined(cell.get("source", cell.get("input")))
    if kind == "heading":  # of format 3
        kind, source = "markdown", f"# {source}"
    if len(source) > MAX_SOURCE:
        source = source[:MAX_SOURCE]
        notes.append(f"A cell was cut off after {MAX_SOURCE:,} characters.")
    kind = kind if kind in ("code", "markdown") else "raw"
    clean = NotebookNode(cell_type=kind, metadata=NotebookNode(), source=source)
    metadata = cell["metadata"] if isinstance(cell.get("metadata"), dict) else {}
    nbgrader = metadata["nbgrader"] if isinstance(metadata.get("nbgrader"), dict) else {}
    if is_cell_id(nbgrader.get("grade_id")):
        clean.metadata.grade_id = nbgrader["grade_id"]
    for id in (cell.get("id"), metadata.get("id")):  # Colab moves it
        if "id" not in clean and is_cell_id(id):
            clean.id = id
    if kind == "code":
        count = cell.get("execution_count")
        clean.execution_count = count if type(count) is int and count >= 0 else None
        clean.outputs = clean_outputs(cell.get("outputs"), room)
    elif attachments := clean_attachments(cell.get("attachments"), room):
        clean.attachments = attachments
    return clean


def is_cell_id(id: object) -> bool:
    """Whether `id` may be a cell's id."""
    return isinstance(id, str) and bool(CELL_ID.fullmatch(id))
