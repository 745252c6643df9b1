"""What a cell's source tells: the names it defines, the checks it calls, which cells it is like.

Sources are looked at with regular expressions rather than parsed: no source can then break or hold up the parser, and
cells that Python would not accept tell as much as others. All of it takes time in proportion to the source's length.
"""

import re
from collections import Counter, defaultdict
from functools import cached_property
from itertools import pairwise

from nbformat.notebooknode import NotebookNode

ALIKE = 0.75  # share of word pairs in common from which two cells are the same, edited
FEWEST_PAIRS = 5  # shorter sources are like one another by chance
WORDS_COMPARED = 5_000
BLANKED = re.compile(  # strings and comments; a string that is never closed ends with its line, or with the cell
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^\'\\]++|\\.|\'(?!\'\'))*+(?:\'\'\')?'
    r'|"(?:[^"\\\n]++|\\.)*+"?|\'(?:[^\'\\\n]++|\\.)*+\'?|#[^\n]*+',
    re.DOTALL,
)
DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
INNER_DEFINITION = re.compile(r"^[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
CHANGE = re.compile(r"^(\w+)\.[\w.]+[ \t]*=(?!=)", re.MULTILINE)  # `ClassicMF.forward = forward`
BINDING = re.compile(r"^(?:@|(?:async|def|class|from|import)\b|[\w., \t]+=(?!=))", re.MULTILINE)
CALL = re.compile(r"\bchecks\.\w+\(")
FOREIGN_CELL = re.compile(r"\s*%%(?!time\b|capture\b)")  # a cell magic whose body does not run in the notebook


class Cell:
    """A cell of a student's notebook, with what its source tells."""

    def __init__(self, node: NotebookNode) -> None:
        self.node = node
        self.id = node.get("id")
        self.hint = node.get("metadata", {}).get("grade_id")  # what the student's file says that it is
        self.is_code = node.cell_type == "code"

    @cached_property
    def text(self) -> str:
        """The source without white space at the ends of its lines and of itself."""
        return plain(self.node.source)

    @cached_property
    def bare(self) -> str:
        """The source without strings and comments; empty if it is not the notebook's Python."""
        return "" if FOREIGN_CELL.match(self.node.source) else BLANKED.sub('""', self.node.source)

    @cached_property
    def defines(self) -> set[str]:
        """Names that the cell defines; those within blocks count if there are no others."""
        return {name for pair in DEFINITION.findall(self.bare) for name in pair if name} or set(
            INNER_DEFINITION.findall(self.bare)
        )

    @cached_property
    def changes(self) -> set[str]:
        """Names of which the cell changes an attribute."""
        return set(CHANGE.findall(self.bare))

    @property
    def calls(self) -> set[str]:
        """The checks that the cell calls, such as `checks.row_dot(`, if it does little else."""
        return set() if self.binds else set(CALL.findall(self.bare))

    @cached_property
    def binds(self) -> bool:
        """Whether the cell defines, imports or assigns anything."""
        return bool(BINDING.search(self.bare))


def plain(source: str) -> str:
    """Return a source without white space at the ends of its lines and of itself."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def defined_name(stub: str) -> str:
    """Return the name of the function or class that an exercise's released cell is about."""
    return re.findall(r"^(?:def|class) (\w+)", stub, re.MULTILINE)[0]


def word_pairs(text: str) -> Counter[tuple[str, str]]:
    """Count the pairs of words that follow each other in a text."""
    words = re.findall(r"\w+|[^\w\s]", text)[:WORDS_COMPARED]
    return Counter(pairwise(words))


def alike(texts: dict[int, str], ours: dict[str, str]) -> list[tuple[int, str]]:
    """Return which of some `texts` are like which of `ours`, most alike first, as pairs of their keys.

    texts, ours: dicts of sources. The measure is the share of word pairs in common (Dice's coefficient). It is computed
    through an index of our word pairs, so that thousands of cells take no longer than reading them.
    """
    counts = {key: word_pairs(text) for key, text in ours.items()}
    index = defaultdict(list)
    for our, count in counts.items():
        for pair, times in count.items():
            index[pair].append((our, times))
    totals = {key: count.total() for key, count in counts.items()}
    found = []
    for number, (key, text) in enumerate(texts.items()):
        count = word_pairs(text)
        shared: Counter[str] = Counter()
        for pair, times in count.items():
            for our, our_times in index.get(pair, ()):
                shared[our] += min(times, our_times)
        for our, common in shared.items():
            score = 2 * common / (count.total() + totals[our])
            if totals[our] >= FEWEST_PAIRS and score >= ALIKE:
                found.append((-score, number, key, our))
    return [(key, our) for _, _, key, our in sorted(found, key=lambda row: row[:2])]
