"""What of a notebook's sources, outputs and pictures is kept and shown: one sanitiser, for reading and for publishing.

What a file holds goes through it when it is read; what students' code printed here goes through it when it is recorded.
"""

import base64
import binascii
import re
import struct
from typing import Any

import nbformat
import nh3
from nbformat.notebooknode import NotebookNode

from grading.notebook_limits import (
    MAX_ATTACHMENTS,
    MAX_OUTPUT,
    MAX_OUTPUT_HTML,
    MAX_OUTPUTS,
    MAX_PICTURE,
    MAX_PICTURES,
    MAX_PIXELS,
    MAX_SHOWN_OUTPUTS,
    MAX_SHOWN_SOURCES,
    MAX_TRACEBACK,
)
from grading.texts import REST, cut, readable

ATTACHMENT_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
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


class Room:
    """What room is left in a notebook for pictures, for sources, and for the text of outputs."""

    def __init__(self, pictures: int = MAX_PICTURES) -> None:
        self.pictures, self.source, self.text = pictures, MAX_SHOWN_SOURCES, MAX_SHOWN_OUTPUTS

    def take(self, size: int) -> bool:
        """Return whether a picture of `size` still fits, and count it."""
        fits = size <= min(self.pictures, MAX_PICTURE)
        self.pictures -= size if fits else 0
        return fits

    def shortened(self, text: str, longest: int) -> str:
        """Return an output's text as anybody can read it, of `longest` characters or as many as fit; count them."""
        text = cut(readable(text, longest), max(self.text, len(REST)), REST)
        self.text -= len(text)
        return text

    def shortened_source(self, text: str, longest: int) -> str:
        """Do the same with the source of a cell."""
        text = cut(readable(text, longest), max(self.source, len(REST)), REST)
        self.source -= len(text)
        return text


def joined(text: object) -> str:
    """Return a text that a notebook writes as a string or as a list of lines; anything else is empty.

    Halves of surrogate pairs, which JSON can spell and no file can hold, become question marks.
    """
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else ""


def clean_outputs(outputs: object, room: Room) -> list[NotebookNode]:
    """Return the outputs of a code cell that are fit to be shown; outputs: anything."""
    there = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
    return [clean for output in there if isinstance(output, dict) and (clean := clean_output(output, room))]


def clean_output(output: dict[str, Any], room: Room) -> NotebookNode | None:
    """Return an output of a code cell, or None if nothing of it is fit to be shown."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = room.shortened(last_state(joined(output.get("text"))), MAX_OUTPUT)
        return nbformat.v4.new_output("stream", name=name, text=text)
    if kind == "error":
        trace = output["traceback"][:MAX_TRACEBACK] if isinstance(output.get("traceback"), list) else []
        lines = room.shortened("\n".join(map(joined, trace)), MAX_OUTPUT).split("\n")
        ename, evalue = readable(joined(output.get("ename")), 200), readable(joined(output.get("evalue")), 1000)
        return nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=lines)
    if kind in ("display_data", "execute_result"):
        return clean_display(output, kind, room)
    return None


def clean_display(output: dict[str, Any], kind: str, room: Room) -> NotebookNode | None:
    """Return a display with those of its forms that are harmless: text, table, PNG; None if it had no such form."""
    came, data = output["data"] if isinstance(output.get("data"), dict) else {}, {}
    png = clean_png(came.get("image/png"), room)
    if "text/plain" in came:
        data["text/plain"] = room.shortened(joined(came["text/plain"]), MAX_OUTPUT)
    html = "" if png else joined(came.get("text/html"))  # our figures come twice
    if 0 < len(html) <= min(MAX_OUTPUT_HTML, room.text):
        data["text/html"] = clean_html(room.shortened(html, MAX_OUTPUT_HTML), classes=False)
    if png:
        data["image/png"] = png
    elif "image/png" in came:
        data.setdefault("text/plain", "[a picture too large to be shown]")
    if not data:
        return None
    count = output.get("execution_count")
    extra = {"execution_count": count if type(count) is int else None} if kind == "execute_result" else {}
    return nbformat.v4.new_output(kind, data=data, **extra)


def last_state(text: str) -> str:
    """Return what a terminal would show of `text`: of a line that was overwritten (a progress bar), the last state."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text[: 20 * MAX_OUTPUT].split("\n"))


def clean_attachments(attachments: object, room: Room) -> NotebookNode:
    """Return the PNG pictures that were pasted into a text cell; attachments: anything."""
    attachments = attachments if isinstance(attachments, dict) else {}
    found = {}
    for name, data in list(attachments.items())[:MAX_ATTACHMENTS]:
        png = clean_png(data.get("image/png") if isinstance(data, dict) else None, room)
        if png and ATTACHMENT_NAME.fullmatch(name):
            found[name] = {"image/png": png}
    return nbformat.from_dict(found)


def clean_png(data: object, room: Room) -> str | None:
    """Return the base64 text of a PNG picture without line ends, or None if it is none, too large, or out of room."""
    data = joined(data)
    if not data or not room.take(len(data)):
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
