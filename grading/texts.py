"""Text that students wrote or caused, made fit for files and pages that others open."""

import re
from functools import cache
from pathlib import Path

import helpers
from grading.files import interpreter_folders

REST = "\n[... the rest is left out]"
LONGEST = 4000  # characters of a message; a check's own are a few lines
COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
# control characters but tab and newline; marks that turn the direction of writing; line ends of other worlds
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def cut(text: str, longest: int, end: str = "…") -> str:
    """Return `text` in `longest` characters at most, with `end` in place of what is left out."""
    return text if len(text) <= longest else text[: longest - len(end)].rstrip() + end


def readable(text: str, longest: int = LONGEST) -> str:
    """Return `text` as anybody can read and store it: valid Unicode, no control characters, `longest` characters.

    Tabs and newlines stay. What is cut is said at the end.
    """
    text = text[: 2 * longest]  # of a flood, no more is looked at
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written to a file
    text = COLOURS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = UNSEEN.sub("", text)
    return cut(text, longest, REST)


def one_line(text: str, longest: int) -> str:
    """Return `text` in one line; of what is too long the beginning and the end, where tracebacks say what it was."""
    text = " ".join(readable(text).split())
    return text if len(text) <= longest else f"{text[: longest // 2]} ... {text[-longest // 2 :]}"


def brief(text: str, most_lines: int = 6, longest_line: int = 300) -> str:
    """Return `text` as the few lines of a message, without the names of folders on this machine."""
    for folder in folders():
        text = text.replace(folder, "...")
    lines = [line for line in readable(text).splitlines() if line.strip()]
    return "\n".join(cut(line, longest_line, "...") for line in lines[:most_lines])


@cache
def folders() -> list[str]:
    """Return the folders of this machine that an exception in the sandbox, or one of our own, may name."""
    found = {*interpreter_folders(), Path(helpers.__file__).resolve().parent.parent, Path.home()}
    return sorted((str(folder) for folder in found if len(folder.parts) > 1), key=len, reverse=True)


def short_number(value: float) -> str:
    """Return a number of points as text: 1 rather than 1.0, and 0.5 as it is."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
