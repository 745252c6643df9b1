"""The registry: every exercise of the session, as the solution notebooks declare it, and nothing typed twice.

An exercise is a heading, an answer cell that bears its id, and a check cell `check-<id>` with its points; one that a
person marks is a heading and a text cell. What belongs to it besides stands in `exercises/<id>/`.
"""

import ast
import builtins
import json
import re
from functools import cached_property
from typing import NamedTuple

from authoring.names import defines, uses
from authoring.notebooks import ROOT, read, solution_paths

EXERCISES = ROOT / "exercises"
INDEX = EXERCISES / "index.json"
HEADING = re.compile(r"\*\*(?:Exercise ([\d.]+): ([^*]+)|Open question)\*\* · (\d+) minutes · ([\d.]+) points?")
PARTS = re.compile(
    r"# points: (\w+ \d+(?:\.\d+)?(?:, \w+ \d+(?:\.\d+)?)*)$", re.MULTILINE
)  # of a check cell, for partial credit
SOLVED = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION", re.MULTILINE | re.DOTALL)
CODE_STUB, TEXT_STUB = "# your lines here", "*Your answer, in place of this line.*"  # what students find in its place
STUB = rf"\1{CODE_STUB}"
SECTION = re.compile(r"^## ([\d.]+) (.+)$", re.MULTILINE)


class NotDeclared(ValueError):
    """An exercise lacks a part of its declaration; the text names the notebook, the cell, and what to write."""


class Exercise(NamedTuple):
    """An exercise of the session."""

    id: str
    notebook: str  # its name without .ipynb
    number: str  # "2.1"
    title: str
    minutes: int
    points: float
    by_hand: bool  # marked by a person
    solution: str  # the answer cell, solved
    stub: str  # the answer cell, as students are given it
    check: str = ""  # the check cell; empty if marked by hand
    between: tuple[str, ...] = ()  # ids of the code cells between answer and check

    @property
    def heading(self):
        """What the notebook calls it."""
        return "Open question" if self.by_hand else f"Exercise {self.number}: {self.title}"

    @property
    def plain(self):
        """Whether its check cell is code of its own, such as assertions, and no call of a check of ours."""
        return not self.by_hand and not self.check.startswith("checks.")

    @property
    def parts(self):
        """The points that its check cell declares for parts of it: {name: points}, none unless it does."""
        declared = PARTS.search(self.check)
        pairs = [part.rsplit(maxsplit=1) for part in declared[1].split(",")] if declared else []
        return {name.strip(): number_of(points) for name, points in pairs}

    @property
    def call(self):
        """The check cell's call: the name of the check, and the names that it takes, the answer's first."""
        call = ast.parse(self.check, mode="eval").body
        return call.func.attr, [ast.unparse(argument) for argument in call.args]

    @property
    def answer(self):
        """The name that the student defines."""
        return self.call[1][0]

    @property
    def given(self):
        """The names of the notebook that the check takes after the answer."""
        return self.call[1][1:]


class Registry:
    """The exercises that solution notebooks declare: {name: notebook}, in the order of the session."""

    def __init__(self, notebooks=None):
        self.notebooks = notebooks or {path.stem: read(path) for path in solution_paths()}

    @cached_property
    def exercises(self):
        """All exercises, by id."""
        return {one.id: one for name, notebook in self.notebooks.items() for one in exercises_of(name, notebook)}

    @property
    def automatic(self):
        """The exercises that are marked automatically, by id."""
        return {id: exercise for id, exercise in self.exercises.items() if not exercise.by_hand}

    def cells(self, id):
        """Return the sources of the code cells of an exercise's notebook, by id."""
        cells = self.notebooks[self.exercises[id].notebook].cells
        return {cell.id: cell.source for cell in cells if cell.cell_type == "code"}

    def used(self, id):
        """Return the names that the answer, its check, and the cells between take from cells above."""
        exercise, cells = self.exercises[id], self.cells(id)
        parts = [cells[part] for part in (id, *exercise.between)]
        used = set(exercise.given).union(*map(uses, parts)) - set().union(*map(defines, parts))
        return used - set(dir(builtins))

    def cells_for(self, id, names, known=()):
        """Return the ids of the cells above an exercise that define `names`, and what these cells use, in order.

        known: names that come from elsewhere. The set-up cell, which every answer may use, is left out.
        """
        cells, names, needed = self.cells(id), set(names) - set(known), []
        order = list(cells)
        for cell in reversed(order[order.index("setup") + 1 : order.index(id)]):
            if names & defines(cells[cell]):
                needed.append(cell)
                names = (names - defines(cells[cell])) | (uses(cells[cell]) - set(known) - set(dir(builtins)))
        return tuple(reversed(needed))

    def index(self):
        """Return what students' checks know of the exercises, as text for index.json."""
        entries = [
            {
                "id": one.id,
                "notebook": int(one.number.split(".")[0]),
                "number": one.number,
                "title": one.title,
                "points": one.points,
                "by_hand": one.by_hand,
            }
            for one in self.exercises.values()
        ]
        return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def exercises_of(name, notebook):
    """Yield the exercises of a notebook."""
    cells, heading, section = notebook.cells, None, None
    by_id = {cell.id: cell for cell in cells}
    for position, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            section = ([*SECTION.finditer(cell.source)] or [section])[-1]
            heading = ([*HEADING.finditer(cell.source)] or [heading])[-1]
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        if heading is None:
            raise NotDeclared(
                f"{name}: cell `{cell.id}` has no heading above it, such as "
                "`**Exercise 2.1: predict a rating** · 10 minutes · 1 point`."
            )
        number, title, minutes, points = heading.groups()
        if title is None:  # the open question: its section says what it is called
            number, title = section[1], section[2][0].lower() + section[2][1:]
            yield Exercise(cell.id, name, number, title, int(minutes), number_of(points), True, cell.source, TEXT_STUB)
        else:
            check = by_id.get(f"check-{cell.id}")
            if check is None:
                raise NotDeclared(f"{name}: the exercise `{cell.id}` has no check cell, `check-{cell.id}`.")
            here = cells[position + 1 : cells.index(check)]
            between = tuple(one.id for one in here if one.cell_type == "code")
            told = (cell.id, name, number, title, int(minutes), number_of(points), False)
            yield Exercise(*told, cell.source, SOLVED.sub(STUB, cell.source), check.source, between)
        heading = None


def number_of(points):
    """Return a number of points: 1 rather than 1.0, and 0.5 as it is."""
    return int(points) if float(points).is_integer() else float(points)
