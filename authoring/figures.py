"""Figures: the numbers that outputs of notebooks say, and how far they are from one run to the next."""

import json
import math
import re
from dataclasses import dataclass

from authoring.notebooks import ROOT

SPREAD = ROOT / "tools" / "spread.json"  # what `python -m tools.spread` measured
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")
OF_ONE_RUN = re.compile(r"\(in this run [^)]*\)|best epoch \d+ of \d+ in this run")
APART = 3  # in the last place: as far may runs be from each other that "about" speaks of
MEASURE = "Type: python -m tools.spread"


@dataclass(frozen=True)
class Figure:
    """A number as it stands in a text."""

    text: str

    @property
    def value(self):
        """The number itself."""
        return float(self.text.replace(",", "").replace("−", "-"))

    @property
    def unit(self):
        """One in its last decimal: 0.01 for 1.18, 1 for 25."""
        return 10.0 ** -len(self.text.partition(".")[2])


def phrases(text):
    """Return the parts of `text` that hold numbers: words with # in a number's place -> the Figures, in their order.

    A part ends with a line, with a mark and a space, or where something is said "(in this run". Where the same words
    come again, they are numbered.
    """
    found = {}
    for phrase in re.split(r"\n|[;:,.] |\((?=in this run)|[“”]", text):
        numbers = [Figure(number) for number in NUMBER.findall(phrase)]
        said = " ".join(NUMBER.sub("#", phrase).strip(" .)").split())
        again = sum(words(key) == said for key in found)
        if numbers:
            found[f"{said} @{again + 1}" if again else said] = numbers
    return found


def words(phrase):
    """Return a phrase without the number that tells it from others of the same words."""
    return phrase.partition(" @")[0]


def shown(cell):
    """Return what the outputs of a code cell say in words, one text an output; of a picture, its description."""
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]


def trained(cell):
    """Whether the outputs of a code cell may differ from one machine to the next."""
    return cell.cell_type == "code" and "nbval-ignore-output" in cell.metadata.get("tags", [])


def of_one_run(cell):
    """Whether a code cell is tagged as one that lists items: which, differs from run to run, their numbers do not."""
    return "one-run" in cell.metadata.get("tags", [])


def measured(path=SPREAD):
    """Return what was measured: notebook -> cell -> phrase -> [lowest, highest] of each of its numbers."""
    return json.loads(path.read_text(encoding="utf-8"))["figures"]


def far_off(text, known):
    """Return where `text` is not what was measured: sentences, none if all is well.

    A number may lie outside of the measured range by as much as the range is wide, and by one in its last decimal:
    a dozen runs do not find the ends.
    """
    for phrase, figures in phrases(text).items():
        if phrase not in known:
            yield f"“{phrase}” was never measured. {MEASURE}"
            continue
        for figure, (low, high) in zip(figures, known[phrase], strict=True):
            room = high - low + figure.unit
            if not low - room <= figure.value <= high + room:
                yield f"“{phrase}”: {figure.text} is far from what was measured, {low:g} to {high:g}"


def too_exact(text, known):
    """Return which numbers in `text` have more digits than survive: sentences, none if all is well.

    A digit survives if no measured run is further away than APART in its place. Passed over are what is said to be of
    one run, what not all runs have said, and the last column of a table that ends in seconds.
    """
    of_one_run = {words(phrase) for span in OF_ONE_RUN.findall(text) for phrase in phrases(span)}
    for phrase, figures in phrases(text).items():
        judged = figures[:-1] if "seconds" in text else figures
        for figure, (low, high) in zip(judged, known.get(phrase, ()), strict=False):
            if (
                words(phrase) not in of_one_run
                and max(figure.value - low, high - figure.value) > (APART + 0.001) * figure.unit
            ):
                yield f"“{phrase}”: {figure.text} has more digits than hold, {low:g} to {high:g}: {about(low, high)}"


def about(low, high):
    """Return the middle of a range, in as many digits as survive all over it."""
    middle = (high + low) / 2
    if high == low:
        return f"{middle:g}"
    decimals = math.floor(-math.log10((high - low) / APART) + 1e-9)
    return f"about {round(middle, decimals):.{max(decimals, 0)}f}"
