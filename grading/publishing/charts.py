"""Where the bars of a report stand: on a page, which draws them as SVG, and in a terminal, where they are letters."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

BLOCKS = " ▁▂▃▄▅▆▇█"
LEFT_TO_RIGHT = " ▏▎▍▌▋▊▉█"
EVERY = 3  # columns from one label to the next, where there is no room for all

# verdicts that share a colour, in the order of VERDICTS: their name in the page, and its words for them
KINDS = {
    "right": (("ok",), "right"),
    "wrong": (("wrong",), "not right yet"),
    "todo": (("todo",), "still to do"),
    "error": (("error",), "stopped with an error"),
    "stopped": (("timeout", "memory", "crashed"), "took too long, too much memory, or its process died"),
    "missing": (("missing",), "not handed in"),
    "unreadable": (("unreadable",), "file could not be read"),
    "failed": (("grader_error",), "not marked: the grader failed"),
}
# (ground, letters on it): those of helpers.plotting.style and greys, safe for the colour-blind, light beside dark
COLOURS = {
    "right": ("#0072B2", "#fff"),
    "wrong": ("#E69F00", "#000"),
    "todo": ("#E3E3E3", "#000"),
    "error": ("#D55E00", "#000"),
    "stopped": ("#CC79A7", "#000"),
    "missing": ("#9A9A9A", "#000"),
    "unreadable": ("#000000", "#fff"),
    "failed": ("#F0E442", "#000"),
}


class Column(NamedTuple):
    """A column of a histogram: `left`, `width` and `height` in percent of the picture."""

    label: int
    count: int  # type: ignore[assignment]  # it hides that of tuples
    left: float
    width: float
    height: float
    labelled: bool  # also where there is no room for all labels


class Segment(NamedTuple):
    """A part of a stacked bar: `left` and `width` in percent of the bar."""

    kind: str  # of KINDS
    words: str
    count: int  # type: ignore[assignment]  # it hides that of tuples
    left: float
    width: float


def columns(counts: Sequence[int]) -> list[Column]:
    """Return the columns of a histogram of `counts`: how many have 0, 1, 2, ..."""
    step, most = 100 / len(counts), max(counts) or 1
    return [
        Column(n, count, percent(n * step), percent(step), percent(100 * count / most), n % EVERY == 0)
        for n, count in enumerate(counts)
    ]


def segments(counts: Mapping[str, int]) -> list[Segment]:
    """Return the parts of a bar that `counts`, {verdict: how many}, fill from left to right; none are empty."""
    total, left, parts = sum(counts.values()) or 1, 0, []
    for kind, (verdicts, words) in KINDS.items():
        count = sum(counts.get(verdict, 0) for verdict in verdicts)
        if count:
            parts.append(Segment(kind, words, count, percent(100 * left / total), percent(100 * count / total)))
            left += count
    return parts


def percent(number: float) -> float:
    """Return a number with as many digits as a picture needs."""
    return round(number, 3)


def histogram(counts: Sequence[int], height: int = 4, columns: int = 24) -> list[str]:
    """Return lines of text, `height` and two more: columns of blocks, what they stand for, and how many these are.

    If there are more counts than `columns`, some stand together in one, which bears the number of the first of them.
    """
    step = -(-len(counts) // columns)
    counts = [sum(counts[start : start + step]) for start in range(0, len(counts), step)]
    most = max(counts) or 1
    eighths = [max(round(8 * height * count / most), count > 0) for count in counts]
    rows = [[BLOCKS[min(max(filled - 8 * row, 0), 8)] * 3 for filled in eighths] for row in reversed(range(height))]
    numbers = [[f"{step * n:>3}" for n in range(len(counts))], [f"{count or '·':>3}" for count in counts]]
    return [" ".join(row).rstrip() for row in rows + numbers]


def bar(share: float, width: int = 20) -> str:
    """Return a share between 0 and 1 as a bar of text, padded to `width` letters."""
    whole, eighths = divmod(round(8 * width * share), 8)
    return ("█" * whole + LEFT_TO_RIGHT[eighths].strip()).ljust(width)
