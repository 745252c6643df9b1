"""Text that students wrote or caused, made fit for files and pages that others open."""

import re

LONGEST = 4000  # characters of a message; a check's own are a few lines
COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
# control characters but tab and newline; marks that turn the direction of writing; line ends of other worlds
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def readable(text, longest=LONGEST):
    """Return `text` as anybody can read and store it: valid Unicode, no control characters, `longest` characters.

    Tabs and newlines stay. What is cut is said at the end.
    """
    text = text[: 2 * longest] if len(text) > 2 * longest else text
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written to a file
    text = COLOURS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = UNSEEN.sub("", text)
    return text if len(text) <= longest else text[:longest] + "\n[... the rest is left out]"


def short_number(value):
    """Return a number of points as text: 1 rather than 1.0, and 0.5 as it is."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
