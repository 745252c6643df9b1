"""Students' notebooks made harmless for those who look at them: no scripts, nothing that a page would load.

Twice: the notebook that nbgrader keeps is cleaned when it is recorded (`clean`), and nbgrader's pages clean once more
what they draw (the filters named in nbgrader_config.py).
"""

import base64
import binascii
import copy
import re
import struct
from collections.abc import Callable, Container, Iterable
from typing import Any

import nbformat
import nh3
from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.notebooknode import NotebookNode

from grading.handed_in.reading import joined
from grading.notebook_limits import (
    MAX_PICTURE,
    MAX_PICTURES,
    MAX_PIXELS,
    MAX_SHOWN_HTML,
    MAX_SHOWN_OUTPUT,
    MAX_SHOWN_OUTPUTS,
    MAX_SHOWN_SOURCE,
    MAX_SHOWN_TEXT,
)  # fmt: skip
from grading.publishing.pages import POLICY
from grading.texts import readable

# Tags that Markdown may keep, if they come without attributes
PLAIN_TAGS = "details|summary|b|i|em|strong|u|s|br|p|sub|sup|kbd|code|pre|ul|ol|li|blockquote"
TAG = re.compile(rf"<(?!/?(?:{PLAIN_TAGS}|details open)\s*/?>)(?=[a-z/!?])", re.IGNORECASE)
ENTITY = re.compile(r"&(?=#|colon|tab|newline)", re.IGNORECASE)
SCRIPT_LINK = re.compile(r"(s\s*c\s*r\s*i\s*p\s*t[\s\\]*|\bd\s*a\s*t\s*a[\s\\]*):", re.IGNORECASE)
PICTURE = re.compile(r"!(?=\[(?:[^\]\[]*)\](?:\(attachment:([^)\s]+)\))?)|!(?=\\?\[)")

ATTACHED = re.compile(r"attachment:([^)\s]+)")

ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "details": {"open"},
    "ol": {"start"},
    # of highlighted code
    "div": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "code": {"class"},
}


def clean(notebook: NotebookNode, released: NotebookNode) -> NotebookNode:
    """Return a copy of a student's `notebook` that is harmless to look at.

    released: the notebook of this name as students are given it. A cell that bears the id of a released one gets its
    type and metadata, and its source too where students may not edit it; other metadata is dropped.
    """
    given = {cell.id: cell for cell in released.cells}
    room = Room(MAX_PICTURES)
    result = nbformat.v4.new_notebook(metadata=copy.deepcopy(released.metadata))
    result.nbformat_minor = released.nbformat_minor
    for number, cell in enumerate(notebook.cells):
        id = cell.get("id", "")
        if id in given:
            result.cells.append(clean_given(cell, given.pop(id), room))
        else:
            result.cells.append(clean_extra(cell, f"extra-{number}", room))
    return result


class Room:
    """What room for pictures is left in a notebook."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> bool:
        """Return whether a picture of `size` still fits, and count it."""
        fits = size <= min(self.left, MAX_PICTURE)
        self.left -= size if fits else 0
        return fits


def clean_given(cell: NotebookNode, given: NotebookNode, room: Room) -> NotebookNode:
    """Return a cell of the student's that stands for the released cell `given`."""
    result = copy.deepcopy(given)
    if given.metadata.get("nbgrader", {}).get("locked"):
        return with_outputs(result, cell, room)
    source = readable(cell.source, MAX_SHOWN_SOURCE if given.cell_type == "code" else MAX_SHOWN_TEXT)
    if source != given.source:
        result.pop("attachments", None)
        result.source = source if given.cell_type == "code" else clean_markdown(source, attached(result, cell, room))
    return with_outputs(result, cell, room)


def clean_extra(cell: NotebookNode, id: str, room: Room) -> NotebookNode:
    """Return a cell of the student's own."""
    source = readable(cell.source, MAX_SHOWN_SOURCE if cell.cell_type == "code" else MAX_SHOWN_TEXT)
    if cell.cell_type == "code":
        return with_outputs(nbformat.v4.new_code_cell(source, id=id), cell, room)
    result = nbformat.v4.new_markdown_cell(id=id)
    if cell.cell_type == "markdown":
        result.source = clean_markdown(source, attached(result, cell, room))
    else:  # raw text would be put into pages as it is
        result.source = clean_markdown("".join(f"    {line}\n" for line in source.splitlines()), {})
    return result


def attached(result: NotebookNode, cell: NotebookNode, room: Room) -> dict[str, dict[str, str]]:
    """Attach to the cell `result` the pictures that were attached to the student's `cell`; return them."""
    found = {}
    for name, data in cell.get("attachments", {}).items():
        png = clean_png(data.get("image/png"), room)
        if png and re.fullmatch(r"[\w.-]{1,100}", name, re.ASCII):
            found[name] = {"image/png": png}
    if found:
        result.attachments = nbformat.from_dict(found)
    return found


def clean_markdown(source: str, attachments: Container[str]) -> str:
    """Return Markdown in which no HTML tag is left but a few plain ones, no script link, no picture from elsewhere.

    A tag is broken by a space after its `<`, which leaves formulas (a < b) and code as readable as they were. Pictures
    that are not attached become links.
    """
    source = ENTITY.sub("& ", TAG.sub("< ", source))
    source = SCRIPT_LINK.sub(r"\1 :", source)
    return PICTURE.sub(lambda found: "!" if found[1] in attachments else "", source)


def with_outputs(result: NotebookNode, cell: NotebookNode, room: Room) -> NotebookNode:
    """Give the code cell `result` the outputs of the student's `cell`, cleaned."""
    if result.cell_type == "code":
        outputs = [clean_output(output, room) for output in cell.get("outputs", [])[:MAX_SHOWN_OUTPUTS]]
        result.outputs = [output for output in outputs if output]
        result.execution_count = cell.get("execution_count") if result.outputs else None
    return result


def clean_output(output: NotebookNode, room: Room) -> NotebookNode | None:
    """Return an output of a code cell, or None if nothing of it is fit to be shown."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=last_state(joined(output.get("text", ""))))
    if kind == "error":
        lines = readable("\n".join(output.get("traceback", [])), MAX_SHOWN_OUTPUT).split("\n")
        ename, evalue = readable(output.get("ename", ""), 200), readable(output.get("evalue", ""), 1000)
        return nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=lines)
    if kind in ("display_data", "execute_result"):
        return clean_display(output, kind, room)
    return None


def clean_display(output: NotebookNode, kind: str, room: Room) -> NotebookNode | None:
    """Return a display with those of its forms that are harmless: text, table, PNG; None if it had no such form."""
    came, data = output.get("data", {}), {}
    if "text/plain" in came:
        data["text/plain"] = readable(joined(came["text/plain"]), MAX_SHOWN_OUTPUT)
    if "text/html" in came and len(html := joined(came["text/html"])) <= MAX_SHOWN_HTML:
        data["text/html"] = clean_html(readable(html, MAX_SHOWN_HTML), classes=False)
    if png := clean_png(came.get("image/png"), room):
        data["image/png"] = png
    elif "image/png" in came:
        data.setdefault("text/plain", "[a picture too large to be shown]")
    if not data:
        return None
    extra = {"execution_count": output.get("execution_count")} if kind == "execute_result" else {}
    return nbformat.v4.new_output(kind, data=data, **extra)


def last_state(text: str) -> str:
    """Return what a terminal would show of `text`: of a line that was overwritten (a progress bar), the last state."""
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text[: 20 * MAX_SHOWN_OUTPUT].split("\n")]
    return readable("\n".join(lines), MAX_SHOWN_OUTPUT)


def clean_png(data: object, room: Room) -> str | None:
    """Return the base64 text of a PNG picture without line ends, or None if it is none, too large, or out of room."""
    if not isinstance(data, str) or not room.take(len(data)):
        return None
    data = "".join(data.split())
    try:
        png = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(png) < 24 or not png.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack(">II", png[16:24])
    return data if 0 < width * height <= MAX_PIXELS else None


def clean_html(element: object, classes: bool = True) -> str:
    """Return HTML without scripts and without what a page would load; stands for nbconvert's filter `clean_html`.

    classes: whether highlighted code keeps its classes.
    """
    attributes = {tag: names if classes else names - {"class"} for tag, names in ATTRIBUTES.items()}
    text = element.decode() if isinstance(element, bytes) else str(element)
    schemes = {"http", "https", "mailto", "data"}
    return nh3.clean(text, attributes=attributes, url_schemes=schemes, attribute_filter=harmless)


def harmless(tag: str, attribute: str, value: str) -> str | None:
    """Return the value of an HTML attribute, or None to drop it."""
    picture = value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
    if attribute == "src":
        return value if picture else None
    if attribute == "href":
        return None if value.strip().lower().startswith("data:") else value
    return value


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return Markdown as harmless HTML; stands for nbconvert's filter `markdown2html`."""
    attachments = context.get("cell", {}).get("attachments", {})
    source = ATTACHED.sub(lambda found: found[0] if found[1] in attachments else "#no-such-picture", source)
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


class Page(HTMLExporter):
    """nbconvert's HTML page without any script: what `nbgrader generate_feedback` writes for students."""

    def default_filters(self) -> Iterable[tuple[str, Callable[..., Any]]]:
        """Get nbconvert's filters, and ours in place of two of them."""
        yield from super().default_filters()
        yield "markdown2html", markdown2html
        yield "clean_html", clean_html

    def from_notebook_node(  # type: ignore[override]  # it is text, as nbconvert's own pages are
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook to a page that runs and loads nothing, and that tells browsers so."""
        html, resources = super().from_notebook_node(nb, resources, **kw)
        soup = BeautifulSoup(html, "html.parser")
        for tag in soup(["script", "link", "iframe", "object", "embed", "base"]):
            tag.decompose()
        policy = soup.new_tag("meta", attrs={"http-equiv": "Content-Security-Policy", "content": POLICY})
        assert soup.head
        assert soup.html
        soup.head.insert(0, policy)
        soup.html["lang"] = "en"
        return str(soup), resources
