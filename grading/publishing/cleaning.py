"""Students' notebooks made harmless for those who look at them: no scripts, nothing that a page would load.

Twice: the notebook that nbgrader keeps is cleaned when it is recorded (`clean`), and nbgrader's pages clean once more
what they draw (the filters named in nbgrader_config.py).
"""

import copy
import re
from collections.abc import Callable, Container, Iterable
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.notebooknode import NotebookNode

from grading.handed_in.outputs import Room, clean_attachments, clean_html, clean_outputs
from grading.notebook_limits import MAX_SHOWN_SOURCE, MAX_SHOWN_TEXT
from grading.publishing.pages import POLICY

# Tags that Markdown may keep, if they come without attributes
PLAIN_TAGS = "details|summary|b|i|em|strong|u|s|br|p|sub|sup|kbd|code|pre|ul|ol|li|blockquote"
TAG = re.compile(rf"<(?!/?(?:{PLAIN_TAGS}|details open)\s*/?>)(?=[a-z/!?])", re.IGNORECASE)
ENTITY = re.compile(r"&(?=#|colon|tab|newline)", re.IGNORECASE)
SCRIPT_LINK = re.compile(r"(s\s*c\s*r\s*i\s*p\s*t[\s\\]*|\bd\s*a\s*t\s*a[\s\\]*):", re.IGNORECASE)
PICTURE = re.compile(r"!+(?=\[(?:[^\]\[]*)\](?:\(attachment:([^)\s]+)\))?)|!+(?=\\?\[)")

ATTACHED = re.compile(r"attachment:([^)\s]+)")


def clean(notebook: NotebookNode, released: NotebookNode) -> NotebookNode:
    """Return a copy of a student's `notebook` that is harmless to look at.

    released: the notebook of this name as students are given it. A cell that bears the id of a released one gets its
    type and metadata, and its source too where students may not edit it; other metadata is dropped.
    """
    given = {cell.id: cell for cell in released.cells}
    room = Room()
    result = nbformat.v4.new_notebook(metadata=copy.deepcopy(released.metadata))
    result.nbformat_minor = released.nbformat_minor
    for number, cell in enumerate(notebook.cells):
        id = cell.get("id", "")
        if id in given:
            result.cells.append(clean_given(cell, given.pop(id), room))
        else:
            result.cells.append(clean_extra(cell, f"extra-{number}", room))
    return result


def clean_given(cell: NotebookNode, given: NotebookNode, room: Room) -> NotebookNode:
    """Return a cell of the student's that stands for the released cell `given`."""
    result = copy.deepcopy(given)
    if given.metadata.get("nbgrader", {}).get("locked"):
        return with_outputs(result, cell, room)
    source = shown_source(cell.source, given.cell_type, room)
    if source != given.source:
        result.pop("attachments", None)
        result.source = source if given.cell_type == "code" else clean_markdown(source, attached(result, cell, room))
    return with_outputs(result, cell, room)


def shown_source(source: str, kind: str, room: Room) -> str:
    """Return a cell's source as it is shown."""
    return room.shortened_source(source, MAX_SHOWN_SOURCE if kind == "code" else MAX_SHOWN_TEXT)


def clean_extra(cell: NotebookNode, id: str, room: Room) -> NotebookNode:
    """Return a cell of the student's own."""
    source = shown_source(cell.source, cell.cell_type, room)
    if cell.cell_type == "code":
        return with_outputs(nbformat.v4.new_code_cell(source, id=id), cell, room)
    result = nbformat.v4.new_markdown_cell(id=id)
    if cell.cell_type == "markdown":
        result.source = clean_markdown(source, attached(result, cell, room))
    else:  # raw text would be put into pages as it is
        result.source = clean_markdown("".join(f"    {line}\n" for line in source.splitlines()), {})
    return result


def attached(result: NotebookNode, cell: NotebookNode, room: Room) -> NotebookNode:
    """Attach to the cell `result` the pictures that were attached to the student's `cell`; return them."""
    if found := clean_attachments(cell.get("attachments"), room):
        result.attachments = found
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
        result.outputs = clean_outputs(cell.get("outputs"), room)
        result.execution_count = cell.get("execution_count") if result.outputs else None
    return result


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
