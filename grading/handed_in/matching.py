"""Which cell of a student's notebook is which cell of ours, what is run in which order, and what nbgrader is shown.

Ids tell most cells. They may be stripped, copied or forged, so where they do not tell, a cell is known by what it says:
an answer by the name it defines, a check by what it calls, any other cell by its text.
"""

from collections import defaultdict
from copy import deepcopy
from functools import cached_property
from typing import NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode

from grading.handed_in.recognition import CALL, Cell, alike, defined_name, plain

MISSING_ANSWER = "# No cell that answers this exercise was found in the submission."
END = -1  # in place of the position of a cell


class Step(NamedTuple):
    """A code cell to run, or a check to make."""

    role: str  # "given" (of the release), "answer", "check" (its source is ours), "extra" (the student's own)
    id: str  # of the cell in Matched.notebook
    source: str
    exercise: str = ""  # the exercise that an answer or a check belongs to
    changed: bool = False  # given, answer: it is not as released; check: the student edited, moved or deleted it


class Matched(NamedTuple):
    """A student's notebook, understood."""

    steps: list[Step]  # in the order to run; each automatic exercise of the notebook has its check exactly once
    missing: list[str]  # automatic exercises without an answer cell; another cell may define the name all the same
    notebook: NotebookNode  # for nbgrader: the student's sources and outputs, our ids, cell types and metadata
    notes: list[str]  # sentences for the instructor


class Row(NamedTuple):
    """A cell of the notebook to be: one of the student's, one of ours, or both."""

    id: str
    cell: Cell | None  # the student's; None where a cell of ours is put back
    ours: bool


def match(notebook, name, course):
    """Return the student's `notebook`, as read_notebook returns it, Matched with the release called `name`."""
    matching = Matching(notebook, name, course)
    return Matched(matching.steps(), matching.missing, matching.notebook(), matching.notes)


class Matching:
    """The work of `match`.

    `twins` tells which of our cells (its id) the student's cell at a position is; `put_back`, which of our cells come
    after the student's cell at a position, or at the END; `dropped`, which of the student's cells are left out.
    """

    def __init__(self, notebook, name, course):
        self.release = course.released[name]
        self.released = {cell.id: cell for cell in self.release.cells}
        self.exercises = {id: one for id, one in course.exercises.items() if one.notebook == name}
        self.automatic = {id: one for id, one in self.exercises.items() if not one.by_hand}
        self.names = {id: defined_name(exercise.stub) for id, exercise in self.automatic.items()}
        self.check_ids = {f"check-{id}": id for id in self.automatic}
        self.cells = [Cell(node) for node in notebook.cells]
        self.by_id = positions((cell.id, n) for n, cell in enumerate(self.cells))
        self.twins, self.put_back, self.dropped = {}, defaultdict(list), set()
        self.missing, self.touched_checks, self.notes = [], [], list(notebook.metadata.get("notes", []))
        self.match_plain_cells()
        self.match_checks()
        for exercise in self.exercises.values():
            (self.match_by_hand if exercise.by_hand else self.match_answer)(exercise)
        if self.touched_checks:
            self.notes.append(
                f"Check cells were edited, moved or deleted, and ours used: {listed(self.touched_checks)}."
            )

    def position(self, id):
        """Return the position of the student's cell that is our cell `id`, or None."""
        return next((n for n, twin in self.twins.items() if twin == id), None)

    @cached_property
    def defining(self):
        """Positions of the code cells that define the name of an exercise, by name."""
        wanted = set(self.names.values())
        code = [(n, cell) for n, cell in enumerate(self.cells) if cell.is_code]
        return positions((name, n) for n, cell in code for name in cell.defines & wanted)

    # cells that belong to no exercise

    def match_plain_cells(self):
        """Match our cells outside of exercises: by id, then by equal text, then by similar text."""
        ours = {plain(cell.source) for cell in self.release.cells}
        texts = positions((cell.text, n) for n, cell in enumerate(self.cells))
        for id in self.unmatched():
            text = plain(self.released[id].source)
            same = [n for n in self.by_id[id] if self.cells[n].text == text]
            edited = [n for n in self.by_id[id] if self.cells[n].text not in ours]
            self.take([*same, *edited], id)
        for id in self.unmatched():
            self.take(texts[plain(self.released[id].source)], id)
        for is_code in (True, False):
            self.match_similar(is_code)

    def unmatched(self):
        """Return ids of our cells outside of exercises that no cell of the student's is yet."""
        taken = {*self.twins.values(), *self.exercises, *self.check_ids}
        return [id for id in self.released if id not in taken]

    def take(self, candidates, id):
        """Let the first of the student's cells at the positions `candidates` that is free yet be our cell `id`."""
        free = [n for n in candidates if n not in self.twins][:1]
        self.twins.update(dict.fromkeys(free, id))

    def match_similar(self, is_code):
        """Match what is left with cells of a similar text; code with code."""
        taken = {n for found in self.defining.values() for n in found} | set(self.twins)
        left = {n: cell for n, cell in enumerate(self.cells) if cell.is_code == is_code and n not in taken}
        left = {
            n: cell.text for n, cell in left.items() if cell.id not in self.released and not (is_code and cell.calls)
        }
        ours = {id: self.released[id] for id in self.unmatched()}
        for n, id in alike(left, {id: our.source for id, our in ours.items() if (our.cell_type == "code") == is_code}):
            if id not in self.twins.values():
                self.take([n], id)

    # exercises

    def match_checks(self):
        """Match the check cells by what they call and by id; if the student wrote code into one, it is none."""
        code = [(n, cell) for n, cell in enumerate(self.cells) if cell.is_code]
        calling = positions((call, n) for n, cell in code for call in cell.calls)
        for id, exercise in self.automatic.items():
            held = [n for n in self.by_id[f"check-{id}"] if not self.cells[n].binds]
            likely = calling[CALL.search(exercise.check).group()]
            first = min(self.defining[self.names[id]], default=END)
            found = [(n not in likely, n not in held, n < first, n) for n in {*held, *likely}]
            self.take([row[-1] for row in sorted(found)], f"check-{id}")

    def match_answer(self, exercise):
        """Find the answer cell: of those before the check the last that defines the name, as in the student's kernel.

        A check that stands before what it checks, or nowhere, is put right below it.
        """
        id, name = exercise.id, self.names[exercise.id]
        check, between = self.position(f"check-{id}"), self.between(exercise)
        candidates = self.candidates(exercise)
        able = sorted({*candidates, *self.defining[name]})
        if check is not None and (max(between, default=END) > check or (able and able[0] > check)):
            self.twins.pop(check)
            self.dropped.add(check)
            check = None
        limit = self.limit(exercise, able) if check is None else check
        answer = self.answer(exercise, candidates, limit, check is None)
        if answer is None:
            self.missing.append(id)
        else:
            self.twins[answer] = id
            self.note_later(exercise, answer, limit)
        if check is None:
            last = max([n for n in able if n < limit] + [END if answer is None else answer])
            changing = [n for n in range(last + 1, limit) if self.cells[n].is_code and name in self.cells[n].changes]
            self.put_back[END if last == END else max([last, *between, *changing])].append(f"check-{id}")
        if check is None or self.cells[check].text != plain(exercise.check):
            self.touched_checks.append(id)

    def between(self, exercise):
        """Return the positions of our code cells between an answer and its check: one such builds `koren`."""
        ids = list(self.released)
        inner = ids[ids.index(exercise.id) + 1 : ids.index(f"check-{exercise.id}")]
        found = [self.position(id) for id in inner if self.released[id].cell_type == "code"]
        return [n for n in found if n is not None]

    def candidates(self, exercise):
        """Return the positions of the cells that may be the answer: by id, by name, or else the one most alike."""
        id, name = exercise.id, self.names[exercise.id]
        names, others = set(self.names.values()), {*self.automatic, *self.check_ids} - {id}
        found = set()
        for n in {*self.by_id[id], *self.hinted[id], *self.defining[name]}:
            answered = self.cells[n].defines & names
            claims = self.cells[n].id == id or (self.cells[n].hint == id and self.cells[n].id not in others)
            if answered == {name} or (claims and (name in answered or not answered)):
                found.add(n)
        free = sorted(n for n in found if n not in self.twins)
        return free or self.most_alike(exercise, others)

    @cached_property
    def hinted(self):
        """Positions of the cells of which the student's metadata say that they are of an exercise, by its id."""
        return positions((cell.hint, n) for n, cell in enumerate(self.cells))

    def most_alike(self, exercise, others):
        """Return the position of the code cell that is most like the exercise's stub or solution, in a list."""
        taken = {n for found in self.defining.values() for n in found} | set(self.twins)
        left = {n: cell for n, cell in enumerate(self.cells) if cell.is_code and n not in taken}
        left = {n: cell.text for n, cell in left.items() if cell.id not in others}
        found = alike(left, {"stub": exercise.stub, "solution": exercise.solution})
        return [n for n, _ in found][:1]

    def answer(self, exercise, candidates, limit, check_is_gone):
        """Return the position of the answer cell, or None."""
        name = self.names[exercise.id]
        before = [n for n in candidates if n < limit]
        if check_is_gone and all(self.cells[n].text == plain(exercise.stub) for n in before):
            before = candidates  # no check says that what stands further below comes too late
        defining = [n for n in before if name in self.cells[n].defines]
        return max(defining or before, default=None)

    def limit(self, exercise, able):
        """Return the position before which a check that is not there belongs: that of our next code."""
        ids = list(self.released)
        later = set(ids[ids.index(f"check-{exercise.id}") + 1 :])
        later_names = {self.names[id] for id in later if id in self.names}
        for n in range(able[0] + 1 if able else len(self.cells), len(self.cells)):
            cell, id = self.cells[n], self.twins.get(n, self.cells[n].id)
            known = id in later and self.released[id].cell_type == "code"
            if n not in able and (known or (cell.is_code and cell.defines & later_names)):
                return n
        return len(self.cells)

    def note_later(self, exercise, answer, limit):
        """Say that an answer was written below its check, and nowhere above."""
        name, cell = self.names[exercise.id], self.cells[answer]
        unanswered = cell.text == plain(exercise.stub) or name not in cell.defines
        if unanswered and max(self.defining[name], default=END) > limit:
            self.notes.append(f"{name} is written below its check alone, where it does not count ({exercise.id}).")

    def match_by_hand(self, exercise):
        """Find the answer that a person marks: by id, by the student's metadata, by its text, or by where it stands.

        Where it is untouched and the student wrote below it instead, that is the answer.
        """
        ids, stub = list(self.released), plain(exercise.stub)
        before, after = ids[ids.index(exercise.id) - 1], ids[ids.index(exercise.id) + 1 :]
        texts = [n for n, cell in enumerate(self.cells) if cell.text == stub]
        found = [n for n in [*self.by_id[exercise.id], *self.hinted[exercise.id], *texts] if n not in self.twins][:1]
        above = found[0] if found else self.position(before)
        if above is not None and (not found or self.cells[above].text in ("", stub)):
            found = self.written_below(above, after) or found
        self.take(found, exercise.id)
        if not found:
            self.put_back[END if above is None else above].append(exercise.id)
            self.notes.append(f"The cell for the answer to {exercise.id} was deleted; an empty one is in its place.")

    def written_below(self, above, after):
        """Return the position of the student's first own text below `above` and above our next cell, in a list."""
        for n in range(above + 1, len(self.cells)):
            if self.twins.get(n) in after:
                break
            if n not in self.twins and not self.cells[n].is_code and self.cells[n].text:
                return [n]
        return []

    # what comes of it

    @cached_property
    def rows(self):
        """The cells of the notebook to be, in their order."""
        rows, extra = [], 0
        for n, cell in enumerate(self.cells):
            if n in self.twins:
                rows.append(Row(self.twins[n], cell, True))
            elif n not in self.dropped:
                extra += 1
                rows.append(Row(f"extra-{extra}", cell, False))
            rows += [Row(id, None, True) for id in self.put_back[n]]
        return rows + [Row(id, None, True) for id in self.put_back[END]]

    def steps(self):
        """Return the steps: all code cells but those that stand in for a missing answer."""
        return [step for row in self.rows if (step := self.step(row))]

    def step(self, row):
        """Return what there is to do at a row, or None."""
        if not row.ours:
            return Step("extra", row.id, row.cell.node.source) if row.cell.is_code else None
        if row.id in self.check_ids:
            exercise = self.automatic[self.check_ids[row.id]]
            return Step("check", row.id, exercise.check, exercise.id, exercise.id in self.touched_checks)
        if self.released[row.id].cell_type != "code":
            return None
        changed = row.cell.text != plain(self.released[row.id].source)
        role, exercise = ("answer", row.id) if row.id in self.automatic else ("given", "")
        return Step(role, row.id, row.cell.node.source, exercise, changed)

    def notebook(self):
        """Return the notebook for nbgrader, valid by its schema and by Jupyter's."""
        cells = []
        for row in self.rows:
            exercise = self.check_ids.get(row.id)
            if row.ours and exercise in self.missing:  # nbgrader wants to see a cell of the answer all the same
                cells.append(nbformat.from_dict({**self.released[exercise], "source": MISSING_ANSWER}))
            cells.append(self.our_cell(row) if row.ours else own_cell(row))
        metadata = deepcopy(self.release.metadata)
        return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells)

    def our_cell(self, row):
        """Return one of our cells, with the source and the outputs of the student's unless it is a check."""
        cell = deepcopy(self.released[row.id])
        if row.cell is None or row.id in self.check_ids:
            return cell
        cell.source = row.cell.node.source
        fields = ("outputs", "execution_count") if cell.cell_type == "code" else ("attachments",)
        cell.update({field: row.cell.node[field] for field in fields if field in row.cell.node})
        return cell


def own_cell(row):
    """Return a cell of the student's own."""
    node = row.cell.node
    kept = {
        key: node[key] for key in ("cell_type", "source", "outputs", "execution_count", "attachments") if key in node
    }
    return nbformat.from_dict({"id": row.id, "metadata": {}, **kept})


def positions(pairs):
    """Collect pairs of a key and a position: the positions of each key, in order."""
    found = defaultdict(list)
    for key, n in pairs:
        found[key].append(n)
    return found


def listed(words):
    """Return words as they are listed in a sentence."""
    return ", ".join(words)
