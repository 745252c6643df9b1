"""A student's notebook is matched with the release: what is run in which order, and what nbgrader is shown."""

import json
import random
import time
from collections import Counter

import nbformat
import nbgrader.nbgraderformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.course import Course
from grading.handed_in.matching import match
from grading.handed_in.reading import read_notebook
from grading.handed_in.recognition import Cell, alike
from tests.kit import hostile
from tests.kit.answer_bank import answers

COURSE = Course()
NAMES = list(COURSE.released)
ONE, TWO, THREE, FOUR, *_ = NAMES


def solved(name):
    """Return the student notebook `name` with the answers of the solution filled in, as a plain dict."""
    notebook = nbformat.from_dict(COURSE.released[name])
    for cell in notebook.cells:
        if cell.id in COURSE.exercises:
            cell.source = COURSE.exercises[cell.id].solution
    return notebook


def at(notebook, id):
    """Return the position of the cell `id`."""
    return next(n for n, cell in enumerate(notebook.cells) if cell.get("id") == id)


def code(source, **fields):
    return nbformat.from_dict(nbformat.v4.new_code_cell(source) | fields)


def matched(notebook, name):
    """Match a notebook as it comes from a file, and hold what must hold of all."""
    found = match(read_notebook(json.dumps(notebook).encode()), name, COURSE)
    check_invariants(found, name)
    return found


def check_invariants(found, name):
    """Every check is there once with our source, every answer cell once, and nbgrader and Jupyter accept the file."""
    automatic = [exercise for exercise in COURSE.automatic.values() if exercise.notebook == name]
    checks = [step for step in found.steps if step.role == "check"]
    assert Counter(step.exercise for step in checks) == Counter(exercise.id for exercise in automatic)
    assert all(step.source == COURSE.automatic[step.exercise].check for step in checks)
    answers = [step.exercise for step in found.steps if step.role == "answer"]
    assert sorted(answers + found.missing) == sorted(exercise.id for exercise in automatic)
    text = nbformat.writes(found.notebook)
    notebook = nbgrader.nbgraderformat.reads(text, as_version=nbformat.current_nbformat)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    ours = {cell.id: cell for cell in COURSE.released[name].cells if "nbgrader" in cell.metadata}
    theirs = {cell.id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert theirs.keys() == ours.keys()
    for id, cell in ours.items():
        assert theirs[id].metadata == cell.metadata
        assert theirs[id].cell_type == cell.cell_type
        assert not cell.metadata.nbgrader.locked or theirs[id].source == cell.source
    order = [cell.id for cell in notebook.cells]
    assert [step.id for step in found.steps] == sorted((step.id for step in found.steps), key=order.index)


def roles(found):
    return [(step.role, step.id) for step in found.steps]


def around(found, exercise):
    """Return the roles from the answer (or the check, if there is none) of an exercise to its check."""
    steps = [step for step in found.steps if step.role in ("given", "extra") or step.exercise == exercise]
    begin = min(n for n, step in enumerate(steps) if step.exercise == exercise)
    end = max(n for n, step in enumerate(steps) if step.exercise == exercise)
    return [step.role for step in steps[begin : end + 1]]


def source_of(found, exercise):
    return next(step.source for step in found.steps if step.role == "answer" and step.exercise == exercise)


def without_ids(notebook):
    """Strip a notebook of ids and metadata, as Colab does."""
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.metadata = {}
    return notebook


# honest notebooks


@pytest.mark.parametrize("name", NAMES)
def test_a_solved_notebook_is_run_as_it_stands(name):
    found = matched(solved(name), name)
    assert [step.id for step in found.steps] == [c.id for c in COURSE.released[name].cells if c.cell_type == "code"]
    assert not found.missing
    assert not found.notes
    changed = {step.id for step in found.steps if step.changed}
    assert changed == {exercise.id for exercise in COURSE.automatic.values() if exercise.notebook == name}


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_notebook_has_unchanged_answers(name):
    found = matched(COURSE.released[name], name)
    assert not any(step.changed for step in found.steps)
    assert found.notebook.cells == COURSE.released[name].cells


@pytest.mark.parametrize("name", NAMES)
def test_ids_and_metadata_may_be_lost(name):
    by_ids, by_content = matched(solved(name), name), matched(without_ids(solved(name)), name)
    assert roles(by_ids) == roles(by_content)
    assert [cell.id for cell in by_ids.notebook.cells] == [cell.id for cell in by_content.notebook.cells]


@pytest.mark.long
@pytest.mark.parametrize("exercise", COURSE.automatic.values(), ids=lambda exercise: exercise.id)
def test_every_answer_of_the_bank_is_recognised_without_ids(exercise):
    given = [*answers("right", exercise.id), *answers("wrong", exercise.id)]
    assert given
    for path in given:
        notebook = solved(exercise.notebook)
        answer = path.read_text(encoding="utf-8")
        notebook.cells[at(notebook, exercise.id)].source = answer
        found = matched(without_ids(notebook), exercise.notebook)
        assert source_of(found, exercise.id) == answer
        assert not found.missing


def test_outputs_stay_but_for_checks():
    notebook = solved(TWO)
    for id in ("setup", "classic-mf", "check-classic-mf"):
        notebook.cells[at(notebook, id)].outputs = [nbformat.v4.new_output("stream", text=f"of {id}\n")]
    cells = {cell.id: cell for cell in matched(notebook, TWO).notebook.cells}
    assert cells["setup"].outputs[0].text == "of setup\n"
    assert cells["classic-mf"].outputs[0].text == "of classic-mf\n"
    assert cells["check-classic-mf"].outputs == []


def test_an_edited_given_cell_is_run_as_the_student_has_it():
    notebook = solved(TWO)
    notebook.cells[at(notebook, "setup")].source += "\nimport math"
    step = matched(notebook, TWO).steps[0]
    assert (step.role, step.id, step.changed) == ("given", "setup", True)
    assert step.source.endswith("import math")
    assert matched(without_ids(notebook), TWO).steps[0] == step


def test_a_deleted_given_cell_stays_deleted():
    notebook = solved(TWO)
    del notebook.cells[at(notebook, "setup")]
    assert "setup" not in {step.id for step in matched(notebook, TWO).steps}


def test_extra_cells_keep_their_place_and_get_ids_and_no_metadata():
    notebook = solved(ONE)
    extra = code("a, b = torch.ones(2, 3), torch.ones(2, 3)\nrow_dot(a, b)")
    extra.metadata["nbgrader"] = {"grade": True, "grade_id": "row-dot", "points": 100, "schema_version": 99}
    notebook.cells.insert(at(notebook, "row-dot") + 1, extra)
    found = matched(notebook, ONE)
    assert around(found, "row-dot") == ["answer", "extra", "check"]
    cell = found.notebook.cells[at(found.notebook, "extra-1")]
    assert (cell.source, cell.metadata) == (extra.source, {})


# answers


def test_of_two_definitions_before_the_check_the_last_is_the_answer():
    notebook = solved(ONE)
    where = at(notebook, "row-dot")
    copy = nbformat.from_dict(notebook.cells[where])
    copy.source += "\n# second try"
    notebook.cells.insert(where + 1, copy)  # of the same id
    found = matched(notebook, ONE)
    assert source_of(found, "row-dot") == copy.source
    assert [step.role for step in found.steps if "row_dot(a, b)" in step.source] == ["extra", "answer"]


def test_a_definition_below_the_check_does_not_count():
    notebook = nbformat.from_dict(COURSE.released[ONE])
    notebook.cells.insert(at(notebook, "check-row-dot") + 1, code(COURSE.automatic["row-dot"].solution))
    found = matched(notebook, ONE)
    assert around(found, "row-dot") == ["answer", "check"]
    assert not next(step for step in found.steps if step.role == "answer").changed
    assert found.notes == ["row_dot is written below its check alone, where it does not count (row-dot)."]


def test_the_answer_may_stand_in_an_extra_cell():
    notebook = solved(TWO)
    where = at(notebook, "classic-mf")
    answer = notebook.cells[where].source
    notebook.cells[where].source = "ClassicMF(2, 3, 4)"
    notebook.cells.insert(where, code(answer))
    found = matched(notebook, TWO)
    assert source_of(found, "classic-mf") == answer
    assert around(found, "classic-mf") == ["answer", "extra", "check"]


def test_an_answer_in_a_cell_of_ours_leaves_its_own_cell_out():
    notebook = solved(ONE)
    answer = notebook.cells.pop(at(notebook, "row-dot"))
    notebook.cells[at(notebook, "embedding-gradient-run")].source += "\n\n" + answer.source
    notebook.cells.append(answer)  # far below its check
    found = matched(notebook, ONE)
    assert found.missing == ["row-dot"]
    assert around(found, "row-dot") == ["check"]
    assert found.steps[-1].role == "extra"


def test_the_answer_may_be_split():
    notebook = solved(TWO)
    where = at(notebook, "classic-mf")
    notebook.cells[where].source = "class ClassicMF(nn.Module):\n    pass"
    notebook.cells[where + 1 : where + 2] = [
        code("def forward(self, user, item): ..."),
        code("ClassicMF.forward = forward"),
    ]
    found = matched(notebook, TWO)  # the check is deleted as well
    assert around(found, "classic-mf") == ["answer", "extra", "extra", "check"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_retyped_answer_is_code(kind):
    notebook = solved(ONE)
    cell = notebook.cells[at(notebook, "row-dot")]
    notebook.cells[at(notebook, "row-dot")] = nbformat.from_dict(
        {"id": cell.id, "cell_type": kind, "metadata": cell.metadata, "source": cell.source}
    )
    assert source_of(matched(notebook, ONE), "row-dot") == cell.source


def test_a_renamed_definition_is_known_by_its_likeness():
    notebook = without_ids(solved(TWO))
    for cell in notebook.cells:
        cell.source = cell.source.replace("class ClassicMF", "class MyMF")
    assert source_of(matched(notebook, TWO), "classic-mf").startswith("class MyMF")


def test_an_answer_that_is_no_python_is_an_answer():
    notebook = without_ids(solved(ONE))
    cell = next(cell for cell in notebook.cells if "def row_dot" in cell.source)
    cell.source = "%%time\ndef row_dot(a, b):\n    return ((a * b)"
    assert source_of(matched(notebook, ONE), "row-dot") == cell.source


def test_a_deleted_answer_is_missing_and_its_check_is_made_still():
    notebook = solved(TWO)
    del notebook.cells[at(notebook, "koren-mf")]
    found = matched(notebook, TWO)
    assert found.missing == ["koren-mf"]
    cell = found.notebook.cells[at(found.notebook, "koren-mf")]
    assert cell.source == "# No cell that answers this exercise was found in the submission."
    assert "koren-mf" not in {step.id for step in found.steps}


def test_everything_in_one_cell():
    notebook = solved(TWO)
    pasted = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [code(pasted)]
    found = matched(notebook, TWO)
    exercises = [exercise.id for exercise in COURSE.automatic.values() if exercise.notebook == TWO]
    assert found.missing == exercises
    assert [step.role for step in found.steps] == ["extra", *["check"] * len(exercises)]


def test_the_last_words_of_an_empty_notebook_are_checks():
    found = matched(nbformat.v4.new_notebook(), FOUR)
    assert [step.role for step in found.steps] == ["check"] * 6
    assert len(found.missing) == 6


# checks


@pytest.mark.parametrize("name", NAMES)
def test_deleted_checks_are_put_back_where_they_were(name):
    notebook = solved(name)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("check-")]
    found = matched(notebook, name)
    assert roles(found) == roles(matched(solved(name), name))
    assert "Check cells were edited, moved or deleted" in found.notes[0]
    assert all(step.changed for step in found.steps if step.role == "check")


@pytest.mark.parametrize("exercise", ["classic-mf", "koren-fit"])
def test_a_check_before_its_answer_is_made_after_it(exercise):
    notebook = solved(TWO)
    check = notebook.cells.pop(at(notebook, f"check-{exercise}"))
    notebook.cells.insert(3, check)
    assert roles(matched(notebook, TWO)) == roles(matched(solved(TWO), TWO))


def test_an_edited_check_is_ours():
    notebook = solved(ONE)
    notebook.cells[at(notebook, "check-row-dot")].source = "assert True"
    found = matched(notebook, ONE)
    assert around(found, "row-dot") == ["answer", "check"]


def test_code_in_a_check_cell_is_not_lost():
    notebook = nbformat.from_dict(COURSE.released[ONE])
    answer = COURSE.automatic["row-dot"].solution
    notebook.cells[at(notebook, "check-row-dot")].source = answer
    assert source_of(matched(notebook, ONE), "row-dot") == answer
    del notebook.cells[at(notebook, "row-dot")]
    assert source_of(matched(notebook, ONE), "row-dot") == answer


def test_a_copied_check_is_an_extra_cell():
    notebook = solved(ONE)
    where = at(notebook, "check-row-dot")
    notebook.cells.insert(where, nbformat.from_dict(notebook.cells[where]))
    assert around(matched(notebook, ONE), "row-dot") == ["answer", "check"]


def test_a_forged_check_stays_outside():
    notebook = solved(ONE)
    notebook.cells.insert(0, code("from exercises import checks\nchecks.row_dot = print", id="check-row-dot"))
    found = matched(notebook, ONE)
    assert found.steps[0].role == "extra"
    assert around(found, "row-dot") == ["answer", "check"]


# the answer that a person marks


def by_hand(found):
    return found.notebook.cells[at(found.notebook, "which-model")]


def test_the_open_answer_keeps_its_text_and_pictures():
    notebook = solved(FOUR)
    cell = notebook.cells[at(notebook, "which-model")]
    cell.source = "TextClassicMF, since"
    cell.attachments = {"a.png": {"image/png": hostile.DOT}}
    assert by_hand(matched(notebook, FOUR)).source == "TextClassicMF, since"
    assert by_hand(matched(notebook, FOUR)).attachments == cell.attachments
    assert by_hand(matched(without_ids(notebook), FOUR)).source == "TextClassicMF, since"


def test_an_open_answer_in_a_cell_of_its_own_is_found():
    notebook = nbformat.from_dict(COURSE.released[FOUR])
    notebook.cells.insert(at(notebook, "which-model") + 1, nbformat.v4.new_markdown_cell("The mean, of course."))
    assert by_hand(matched(notebook, FOUR)).source == "The mean, of course."


def test_a_deleted_open_answer_is_put_back_empty():
    notebook = nbformat.from_dict(COURSE.released[FOUR])
    del notebook.cells[at(notebook, "which-model")]
    found = matched(notebook, FOUR)
    assert found.notebook.cells == COURSE.released[FOUR].cells
    assert "which-model was deleted" in found.notes[0]


# whatever comes


def test_two_notebooks_in_one_file():
    notebook = solved(ONE)
    notebook.cells += solved(TWO).cells
    for name in (ONE, TWO):
        assert not matched(notebook, name).missing


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from(NAMES))
def test_any_mixture_of_cells_is_matched(chance, name):
    shuffled(chance, name)


def shuffled(chance, name):
    """Match a notebook of which cells were deleted, copied, moved, emptied, retyped, and robbed of their ids."""
    notebook = solved(name)
    cells = [cell for cell in notebook.cells if chance.random() > 0.2]
    cells += [nbformat.from_dict(cell) for cell in cells if chance.random() < 0.2]
    for _ in range(chance.choice([0, 3, 100])):
        cells.insert(chance.randrange(len(cells) + 1), cells.pop(chance.randrange(len(cells))))
    for cell in cells:
        if chance.random() < 0.2:
            cell.id = chance.choice(cells).id
        if chance.random() < 0.1:
            cell.source = chance.choice(["", chance.choice(cells).source, "%%bash\nls", "'''", '"""\\'])
        if chance.random() < 0.1:
            cell.cell_type = chance.choice(["code", "markdown", "raw"])
    notebook.cells = cells
    found = matched(notebook, name)
    for exercise in COURSE.automatic:
        steps = [step.role for step in found.steps if step.exercise == exercise]
        assert steps in ([], ["check"], ["answer", "check"])


@pytest.mark.long
@pytest.mark.parametrize("lengthen", ["many", "copies", "long", "unclosed"])
def test_huge_notebooks_are_matched_in_some_seconds(lengthen):
    notebook = solved(TWO)
    chance = random.Random(0)
    sources = [cell.source for cell in notebook.cells]
    if lengthen == "many":
        notebook.cells += [code(chance.choice(sources) + f"\nx{n} = {n}") for n in range(9_900)]
    elif lengthen == "copies":
        notebook.cells = [nbformat.from_dict(cell) for _ in range(100) for cell in notebook.cells]
    elif lengthen == "long":
        notebook.cells += [code("row_dot = 1 # '\n" * 30_000) for _ in range(20)]
    else:
        notebook.cells += [code(quote * 400_000) for quote in ("'", '"', '"""', "'''\\", "\\", "(", "a.", " \t", "a=")]
    data = json.dumps(notebook).encode()
    begin = time.process_time()
    found = match(read_notebook(data), TWO, COURSE)
    assert time.process_time() - begin < 10
    check_invariants(found, TWO)


def test_a_cell_tells_its_definitions_but_not_those_in_strings_and_comments():
    cell = Cell(code('"""\ndef a(): pass\n"""\n# def b\nclass C:\n    def d(self): ...\ne: int = 3\nC.f = e\ng == 2'))
    assert cell.defines == {"C", "e"}
    assert cell.changes == {"C"}
    assert Cell(code("if True:\n    def h(): ...")).defines == {"h"}
    assert Cell(code("%%script bash\na=3")).defines == set()


def test_likeness_is_the_share_of_word_pairs_in_common():
    ours = {"a": "for step in range(10): loss = model(batch)", "b": "print('nothing of the kind', 1, 2, 3)"}
    assert alike({7: "for step in range(20): loss = model(batch)", 8: "x = 1"}, ours) == [(7, "a")]
