"""Which cell of a student's notebook is which cell of ours, what is run in which order, and what nbgrader is shown.

Ids tell most cells. They may be stripped, copied or forged, so where they do not tell, a cell is known by what it says:
an answer by the name it defines, a check by what it calls, any other cell by its text. Each of the PASSES takes the
State that the one before it returned, and returns the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache, cached_property
from itertools import count
from types import MappingProxyType
from typing import NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode

from authoring.registry import Exercise
from grading.course import Course
from grading.handed_in.recognition import CALL, Cell, alike, defined_name, plain

MISSING_ANSWER = "# No cell that answers this exercise was found in the submission."
Positions = defaultdict[str | None, list[int]]  # of cells, by what they are looked up by
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


def match(notebook: NotebookNode, name: str, course: Course) -> Matched:
    """Return the student's `notebook`, as read_notebook returns it, Matched with the release called `name`."""
    notes = tuple(notebook.metadata.get("notes", []))
    both, state = Both(without_others(notebook, name, course), name, course), State(notes)
    for take_pass in PASSES:
        state = take_pass(both, state)
    rows = list(rows_of(both, state))
    steps = [step for row in rows if (step := step_of(both, state, row))]
    return Matched(steps, list(state.missing), notebook_of(both, state, rows), list(state.notes))


def without_others(notebook: NotebookNode, name: str, course: Course) -> NotebookNode:
    """Return a notebook without what is of our other notebooks and of no use to this one.

    Several may be in one file: left out are the texts and checks of the others, and the cells that train what no
    exercise is judged by. What they define stays.
    """
    ours = {plain(cell.source) for cell in course.released[name].cells}
    useless = {text for other in course.released if other != name for text in needless(course, other)} - ours
    cells = [cell for cell in notebook.cells if plain(cell.source) not in useless]
    return NotebookNode(notebook, cells=cells)


@cache
def needless(course: Course, name: str) -> set[str]:
    """Return the texts of the cells of a released notebook that define nothing which later answers may use."""
    checks = {f"check-{id}" for id in course.automatic}
    idle = {cell.id for cell in course.solutions[name].cells if "not-graded" in cell.metadata.get("tags", [])}
    return {
        plain(cell.source)
        for cell in course.released[name].cells
        if cell.cell_type != "code" or cell.id in checks | idle
    }


class State(NamedTuple):
    """What is known so far of the student's cells, by their positions. No State is ever changed."""

    notes: tuple[str, ...]
    twins: Mapping[int, str] = MappingProxyType({})  # which of our cells (its id) a cell is
    put_back: Mapping[int, tuple[str, ...]] = MappingProxyType({})  # which of ours come after it, or at the END
    dropped: frozenset[int] = frozenset()  # those that are left out
    missing: tuple[str, ...] = ()  # exercises without an answer
    touched: tuple[str, ...] = ()  # exercises whose check was edited, moved or deleted

    def position(self, id: str) -> int | None:
        """Return the position of the student's cell that is our cell `id`, or None."""
        return next((n for n, twin in self.twins.items() if twin == id), None)

    def take(self, candidates: list[int], id: str) -> "State":
        """Let the first cell at the positions `candidates` that is free yet be our cell `id`."""
        free = [n for n in candidates if n not in self.twins][:1]
        return self._replace(twins={**self.twins, **dict.fromkeys(free, id)})

    def drop(self, position: int) -> "State":
        """Leave out a cell that was taken for one of ours."""
        twins = {n: twin for n, twin in self.twins.items() if n != position}
        return self._replace(twins=twins, dropped=self.dropped | {position})

    def put(self, position: int, id: str) -> "State":
        """Put our cell `id` back after a position."""
        return self._replace(put_back={**self.put_back, position: (*self.put_back.get(position, ()), id)})

    def note(self, sentence: str) -> "State":
        """Add a sentence for the instructor."""
        return self._replace(notes=(*self.notes, sentence))


class Both:
    """The two notebooks, ours and the student's, and what is looked up in them."""

    def __init__(self, notebook: NotebookNode, name: str, course: Course) -> None:
        self.release = course.released[name]
        self.released = {cell.id: cell for cell in self.release.cells}
        self.exercises = {id: one for id, one in course.exercises.items() if one.notebook == name}
        self.automatic = {id: one for id, one in self.exercises.items() if not one.by_hand}
        self.names = {id: defined_name(exercise.stub) for id, exercise in self.automatic.items()}
        self.check_ids = {f"check-{id}": id for id in self.automatic}
        self.cells = [Cell(node) for node in notebook.cells]
        self.code = [(n, cell) for n, cell in enumerate(self.cells) if cell.is_code]
        self.by_id = positions((cell.id, n) for n, cell in enumerate(self.cells))
        self.by_text = positions((cell.text, n) for n, cell in enumerate(self.cells))

    @cached_property
    def defining(self) -> Positions:
        """Positions of the code cells that define the name of an exercise, by name."""
        wanted = set(self.names.values())
        return positions((name, n) for n, cell in self.code for name in cell.defines & wanted)

    @cached_property
    def hinted(self) -> Positions:
        """Positions of the cells of which the student's metadata say that they are of an exercise, by its id."""
        return positions((cell.hint, n) for n, cell in enumerate(self.cells))

    def unmatched(self, state: State) -> list[str]:
        """Return ids of our cells outside of exercises that no cell of the student's is yet."""
        taken = {*state.twins.values(), *self.exercises, *self.check_ids}
        return [id for id in self.released if id not in taken]

    def left(self, state: State) -> dict[int, Cell]:
        """Return the cells, by position, that are none of ours yet and define no name of an exercise."""
        taken = {n for found in self.defining.values() for n in found} | set(state.twins)
        return {n: cell for n, cell in enumerate(self.cells) if n not in taken}


# passes over the cells that belong to no exercise


def by_id(both: Both, state: State) -> State:
    """Match by id, first those whose text is ours, then those whose text is nowhere in the release."""
    ours = {plain(cell.source) for cell in both.release.cells}
    for id in both.unmatched(state):
        text = plain(both.released[id].source)
        same = [n for n in both.by_id[id] if both.cells[n].text == text]
        edited = [n for n in both.by_id[id] if both.cells[n].text not in ours]
        state = state.take([*same, *edited], id)
    return state


def by_text(both: Both, state: State) -> State:
    """Match by equal text."""
    for id in both.unmatched(state):
        state = state.take(both.by_text[plain(both.released[id].source)], id)
    return state


def by_likeness(both: Both, state: State) -> State:
    """Match by similar text; code with code, and then text with text."""
    for is_code in (True, False):
        left = {
            n: cell.text
            for n, cell in both.left(state).items()
            if cell.is_code == is_code and cell.id not in both.released and not (is_code and cell.calls)
        }
        ours = {id: both.released[id] for id in both.unmatched(state)}
        for n, id in alike(left, {id: our.source for id, our in ours.items() if (our.cell_type == "code") == is_code}):
            if id not in state.twins.values():
                state = state.take([n], id)
    return state


# passes over the exercises


def checks(both: Both, state: State) -> State:
    """Match the check cells by what they call, or their text, and by id; one that students wrote code into is none."""
    calling = positions((call, n) for n, cell in both.code for call in cell.calls)
    for id, exercise in both.automatic.items():
        held = [n for n in both.by_id[f"check-{id}"] if exercise.plain or not both.cells[n].binds]
        released = plain(both.released[f"check-{id}"].source)
        same = [n for n, cell in both.code if cell.text == released]
        likely = same if exercise.plain else calling[CALL.findall(exercise.check)[0]]
        first = min(both.defining[both.names[id]], default=END)
        found = [(n not in likely, n not in held, n < first, n) for n in {*held, *likely}]
        state = state.take([row[-1] for row in sorted(found)], f"check-{id}")
    return state


def answers(both: Both, state: State) -> State:
    """Match the answers, by name or as each kind is found, in the order of the exercises."""
    for exercise in both.exercises.values():
        state = (written if exercise.by_hand else programmed)(both, state, exercise)
    return state


def left_over(both: Both, state: State) -> State:
    """Say what of ours was not found as it was."""
    if not state.touched:
        return state
    return state.note(f"Check cells were edited, moved or deleted, and ours used: {', '.join(state.touched)}.")


PASSES = (by_id, by_text, by_likeness, checks, answers, left_over)


# an answer that is marked automatically


def programmed(both: Both, state: State, exercise: Exercise) -> State:
    """Find the answer cell: of those before the check the last that defines the name, as in the student's kernel.

    A check that stands before what it checks, or nowhere, is put right below it.
    """
    id, name = exercise.id, both.names[exercise.id]
    check, inner = state.position(f"check-{id}"), between(both, state, exercise)
    found = candidates(both, state, exercise)
    able = sorted({*found, *both.defining[name]})
    if check is not None and (max(inner, default=END) > check or (able and able[0] > check)):
        state, check = state.drop(check), None
    limit = limit_of(both, state, exercise, able) if check is None else check
    answer = answer_among(both, exercise, found, limit, check is None)
    if answer is None:
        state = state._replace(missing=(*state.missing, id))
    else:
        state = state._replace(twins={**state.twins, answer: id})
        state = with_note_on_later(both, state, exercise, answer, limit)
    if check is None:
        last = max([n for n in able if n < limit] + [END if answer is None else answer])
        changing = [n for n in range(last + 1, limit) if both.cells[n].is_code and name in both.cells[n].changes]
        state = state.put(END if last == END else max([last, *inner, *changing]), f"check-{id}")
    if check is None or both.cells[check].text != plain(both.released[f"check-{id}"].source):
        state = state._replace(touched=(*state.touched, id))
    return state


def between(both: Both, state: State, exercise: Exercise) -> list[int]:
    """Return the positions of our code cells between an answer and its check: one such builds `koren`."""
    ids = list(both.released)
    inner = ids[ids.index(exercise.id) + 1 : ids.index(f"check-{exercise.id}")]
    found = [state.position(id) for id in inner if both.released[id].cell_type == "code"]
    return [n for n in found if n is not None]


def candidates(both: Both, state: State, exercise: Exercise) -> list[int]:
    """Return the positions of the cells that may be the answer: by id, by name, or else the one most alike."""
    id, name = exercise.id, both.names[exercise.id]
    names, others = set(both.names.values()), {*both.automatic, *both.check_ids} - {id}
    found = set()
    for n in {*both.by_id[id], *both.hinted[id], *both.defining[name]}:
        answered = both.cells[n].defines & names
        claims = both.cells[n].id == id or (both.cells[n].hint == id and both.cells[n].id not in others)
        if answered == {name} or (claims and (name in answered or not answered)):
            found.add(n)
    if free := sorted(n for n in found if n not in state.twins):
        return free
    left = {n: cell.text for n, cell in both.left(state).items() if cell.is_code and cell.id not in others}
    return [n for n, _ in alike(left, {"stub": exercise.stub, "solution": exercise.solution})][:1]


def answer_among(both: Both, exercise: Exercise, found: list[int], limit: int, check_is_gone: bool) -> int | None:
    """Return the position of the answer cell among those `found`, or None."""
    name = both.names[exercise.id]
    before = [n for n in found if n < limit]
    if check_is_gone and all(both.cells[n].text == plain(exercise.stub) for n in before):
        before = found  # no check says that what stands further below comes too late
    defining = [n for n in before if name in both.cells[n].defines]
    return max(defining or before, default=None)


def limit_of(both: Both, state: State, exercise: Exercise, able: list[int]) -> int:
    """Return the position before which a check that is not there belongs: that of our next code."""
    ids = list(both.released)
    later = set(ids[ids.index(f"check-{exercise.id}") + 1 :])
    later_names = {both.names[id] for id in later if id in both.names}
    for n in range(able[0] + 1 if able else len(both.cells), len(both.cells)):
        cell, id = both.cells[n], state.twins.get(n, both.cells[n].id)
        known = id in later and both.released[id].cell_type == "code"
        if n not in able and (known or (cell.is_code and cell.defines & later_names)):
            return n
    return len(both.cells)


def with_note_on_later(both: Both, state: State, exercise: Exercise, answer: int, limit: int) -> State:
    """Say that an answer was written below its check, and nowhere above."""
    name, cell = both.names[exercise.id], both.cells[answer]
    unanswered = cell.text == plain(exercise.stub) or name not in cell.defines
    if unanswered and max(both.defining[name], default=END) > limit:
        return state.note(f"{name} is written below its check alone, where it does not count ({exercise.id}).")
    return state


# an answer that a person marks


def written(both: Both, state: State, exercise: Exercise) -> State:
    """Find the answer: by id, by the student's metadata, by its text, or by where it stands.

    Where it is untouched and the student wrote below it instead, that is the answer.
    """
    id, ids, stub = exercise.id, list(both.released), plain(exercise.stub)
    before, after = ids[ids.index(id) - 1], ids[ids.index(id) + 1 :]
    likely = [*both.by_id[id], *both.hinted[id], *both.by_text[stub]]
    found = [n for n in likely if n not in state.twins][:1]
    above = found[0] if found else state.position(before)
    if above is not None and (not found or both.cells[above].text in ("", stub)):
        found = written_below(both, state, above, after) or found
    if found:
        return state.take(found, id)
    note = f"The cell for the answer to {id} was deleted; an empty one is in its place."
    return state.put(END if above is None else above, id).note(note)


def written_below(both: Both, state: State, above: int, after: list[str]) -> list[int]:
    """Return the position of the student's first own text below `above` and above our next cell, in a list."""
    for n in range(above + 1, len(both.cells)):
        if state.twins.get(n) in after:
            break
        if n not in state.twins and not both.cells[n].is_code and both.cells[n].text:
            return [n]
    return []


# what comes of it


def rows_of(both: Both, state: State) -> Iterator[Row]:
    """Yield the cells of the notebook to be, in their order."""
    extra = count(1)
    for n, cell in enumerate(both.cells):
        if n in state.twins:
            yield Row(state.twins[n], cell, True)
        elif n not in state.dropped:
            yield Row(f"extra-{next(extra)}", cell, False)
        yield from (Row(id, None, True) for id in state.put_back.get(n, ()))
    yield from (Row(id, None, True) for id in state.put_back.get(END, ()))


def step_of(both: Both, state: State, row: Row) -> Step | None:
    """Return what there is to do at a row, or None: at all code cells but those that stand for a missing answer."""
    if not row.ours:
        assert row.cell
        return Step("extra", row.id, row.cell.node.source) if row.cell.is_code else None
    if row.id in both.check_ids:
        checked = both.automatic[both.check_ids[row.id]]
        return Step("check", row.id, checked.check, checked.id, checked.id in state.touched)
    if both.released[row.id].cell_type != "code":
        return None
    assert row.cell  # of ours, only checks and texts are put back
    changed = row.cell.text != plain(both.released[row.id].source)
    role, exercise = ("answer", row.id) if row.id in both.automatic else ("given", "")
    return Step(role, row.id, row.cell.node.source, exercise, changed)


def notebook_of(both: Both, state: State, rows: list[Row]) -> NotebookNode:
    """Return the notebook for nbgrader, valid by its schema and by Jupyter's."""
    cells = []
    for row in rows:
        exercise = both.check_ids.get(row.id)
        if row.ours and exercise in state.missing:  # nbgrader wants to see a cell of the answer all the same
            cells.append(nbformat.from_dict({**both.released[exercise], "source": MISSING_ANSWER}))
        cells.append(our_cell(both, row) if row.ours else own_cell(row))
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=deepcopy(both.release.metadata), cells=cells)


def our_cell(both: Both, row: Row) -> NotebookNode:
    """Return one of our cells, with the source and the outputs of the student's unless it is a check."""
    cell = deepcopy(both.released[row.id])
    if row.cell is None or row.id in both.check_ids:
        return cell
    cell.source = row.cell.node.source
    fields = ("outputs", "execution_count") if cell.cell_type == "code" else ("attachments",)
    cell.update({field: row.cell.node[field] for field in fields if field in row.cell.node})
    return cell


def own_cell(row: Row) -> NotebookNode:
    """Return a cell of the student's own."""
    assert row.cell
    node = row.cell.node
    kept = {
        key: node[key] for key in ("cell_type", "source", "outputs", "execution_count", "attachments") if key in node
    }
    return nbformat.from_dict({"id": row.id, "metadata": {}, **kept})


def positions(pairs: Iterable[tuple[str | None, int]]) -> Positions:
    """Collect pairs of a key and a position: the positions of each key, in order."""
    found: Positions = defaultdict(list)
    for key, n in pairs:
        found[key].append(n)
    return found
