"""Colour for verdicts: letters on a ground of their own, readable in light and dark themes, and without colour too.

A mere colour of letters would not do: what stands out from white is lost on a dark page, or on the pink or brown behind
an error. The colours are numbered of 256, since themes and terminals change the first 16 as they like.
"""

import re
from typing import NamedTuple

LABEL = re.compile(r"^[✓✗○](?: Exercise \d+\.\d+)?")


class Style(NamedTuple):
    """Colours of letters and ground, as a terminal and as a page write them."""

    ansi: str
    css: str


STYLES = {
    "✓": Style("1;38;5;231;48;5;28", "color: #ffffff; background-color: #008700"),
    "✗": Style("1;38;5;231;48;5;160", "color: #ffffff; background-color: #d70000"),
    "○": Style("1;38;5;16;48;5;214", "color: #000000; background-color: #ffaf00"),
}


def in_colour(line):
    """Return a line with its label (✓ Exercise 2.1) in ANSI colours; a line without label comes back as it is."""
    return LABEL.sub(lambda label: f"\x1b[{STYLES[label[0][0]].ansi}m{label[0]}\x1b[0m", line)
