"""The notebooks as files: solved ones are what readers see, student ones are what nbgrader makes of them."""

import ast
import copy
import inspect
import re

import nbformat
import pytest

from authoring.notebooks import RELEASE, execute, normalise, read, solution_paths
from authoring.registry import Registry
from exercises import checks
from helpers import training
from exercises.kit.index import entries

SOLUTIONS = [pytest.param(path, id=path.stem) for path in solution_paths()]
DECLARED = Registry().exercises.values()
EXERCISES = {  # by notebook: the points of each exercise that is marked automatically
    path.stem: {one.id: one.points for one in DECLARED if one.notebook == path.stem and not one.by_hand}
    for path in solution_paths()
}
BY_HAND = {
    path.stem: {one.id: one.points for one in DECLARED if one.notebook == path.stem and one.by_hand}
    for path in solution_paths()
}
NOT_FOR_STUDENTS = ["site-packages", "_call_impl", "Traceback", "Warning", "BEGIN SOLUTION", "/helpers/"]


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def text_of(output):
    return output.get("text", "") + "\n".join(output.get("traceback", []))


@pytest.mark.parametrize("path", SOLUTIONS)
def test_a_solution_is_committed_executed_and_normalised(path):
    notebook = read(path)
    assert notebook == normalise(copy.deepcopy(notebook))
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))
    assert any("image/png" in output.get("data", {}) for output in outputs(notebook))


@pytest.mark.parametrize("path", SOLUTIONS)
def test_a_solution_shows_no_error_no_warning_and_no_debris(path):
    for output in outputs(read(path)):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert not [word for word in NOT_FOR_STUDENTS if word in text_of(output)]
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


@pytest.mark.parametrize("path", SOLUTIONS)
def test_code_fits_the_width_of_a_notebook_and_says_one_thing_a_cell(path):
    for cell in code_cells(read(path)):
        lines = cell.source.splitlines()
        assert max(map(len, lines)) <= 100, cell.id
        assert cell.metadata.get("nbgrader") or len(lines) <= 25, cell.id


@pytest.mark.parametrize("path", SOLUTIONS)
def test_each_exercise_is_an_answer_cell_and_a_check_cell_with_its_points(path):
    cells = read(path).cells
    grading = [cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata]
    answers = [meta.grade_id for meta in grading if meta.solution and not meta.grade]
    checks = {meta.grade_id.removeprefix("check-"): meta.points for meta in grading if meta.grade and not meta.solution}
    assert checks == EXERCISES[path.stem]
    assert answers == list(checks)
    by_hand = {meta.grade_id: meta.points for meta in grading if meta.grade and meta.solution}
    assert by_hand == BY_HAND[path.stem]
    for cell in cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            nodes = ast.parse(cell.source).body
            assert [type(node) for node in nodes] in ([ast.FunctionDef], [ast.ClassDef]), "one function or class"


@pytest.mark.parametrize("path", SOLUTIONS)
def test_exercises_say_their_number_minutes_and_points(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    announced = re.findall(r"\*\*Exercise (\d\.\d): (.+)\*\* · \d+ minutes · (\d) point", prose)
    assert [int(points) for _, _, points in announced] == list(EXERCISES[path.stem].values())
    assert [number for number, _, _ in announced] == [f"{path.stem[1]}.{n}" for n in range(1, len(announced) + 1)]


@pytest.mark.parametrize("path", SOLUTIONS)
def test_the_summary_calls_the_exercises_what_the_text_calls_them(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    announced = re.findall(r"\*\*Exercise (\d\.\d): (.+)\*\* · \d+ minutes · (\d) point", prose)
    questions = re.findall(r"## (\d\.\d) (.+)\n\n\*\*Open question\*\* · .+ · (\d) points, marked by hand", prose)
    entered = checks.summary(notebook=int(path.stem[:2])).exercises
    automatic = [
        (exercise.number, exercise.title, str(exercise.points)) for exercise in entered if not exercise.by_hand
    ]
    by_hand = [(exercise.number, exercise.title, str(exercise.points)) for exercise in entered if exercise.by_hand]
    assert automatic == announced
    assert by_hand == [(number, title[0].lower() + title[1:], points) for number, title, points in questions]
    assert [int(points) for _, _, points in by_hand] == list(BY_HAND[path.stem].values())


def test_the_summaries_leave_no_exercise_out():
    listed = [one for path in solution_paths() for one in checks.summary(notebook=int(path.stem[:2])).exercises]
    assert [exercise.id for exercise in listed] == list(entries())


@pytest.mark.parametrize("path", SOLUTIONS)
def test_a_solution_ends_with_a_summary_of_full_points(path):
    summary = read(path).cells[-1]
    [table] = summary.outputs
    total = sum(EXERCISES[path.stem].values())
    assert summary.id == "summary"
    assert table.data["text/plain"].splitlines()[-1].split() == f"points so far {total} of {total}".split()


@pytest.mark.proof
@pytest.mark.long
@pytest.mark.parametrize("path", SOLUTIONS)
def test_the_exercises_can_be_marked_without_the_cells_tagged_not_graded(path, clean_environment):
    notebook = read(path)
    left_out = [cell for cell in notebook.cells if "not-graded" in cell.metadata.get("tags", [])]
    assert left_out
    assert not [cell.id for cell in left_out if "nbgrader" in cell.metadata or cell.cell_type != "code"]
    notebook.cells = [cell for cell in notebook.cells if cell not in left_out]
    executed = execute(notebook, folder=path.parent, env=clean_environment)  # stops at the first error
    assert "not checked yet" not in executed.cells[-1].outputs[0].data["text/plain"]


@pytest.mark.parametrize(("name", "id"), [("run_epoch", "train-epoch"), ("fit", "fit")])
def test_the_loop_in_notebook_2_is_the_loop_of_the_helpers(name, id):
    """Docstrings aside, which are longer where nobody reads them in passing: same code, same comments."""
    [path] = [path for path in solution_paths() if path.stem == "02_matrix_factorization"]
    [cell] = [cell for cell in read(path).cells if cell.id == id]
    assert solved_lines(cell.source) == without_docstring(inspect.getsource(getattr(training, name)))


def solved_lines(source):
    """Return the lines of a solved cell, without those that only students' versions need."""
    return [line for line in without_docstring(source) if "TODO" not in line and "### " not in line]


def without_docstring(source):
    doc = ast.parse(source).body[0].body[0]
    lines = source.strip().splitlines()
    return lines[: doc.lineno - 1] + lines[doc.end_lineno :]


@pytest.fixture(scope="module")
def released(course, run):
    run("nbgrader", "generate_assignment", "recommenders2", cwd=course)
    return course / "notebooks" / "recommenders2"


@pytest.mark.parametrize("path", SOLUTIONS)
def test_the_committed_student_notebook_is_what_the_solution_gives(path, released):
    committed = RELEASE / path.name
    assert committed.read_bytes() == (released / path.name).read_bytes(), "run `make release` and commit"


@pytest.mark.proof
def test_a_second_release_is_the_same_byte_for_byte(released, course, run):
    before = {path.name: path.read_bytes() for path in released.iterdir()}
    run("nbgrader", "generate_assignment", "recommenders2", "--force", cwd=course)
    assert {path.name: path.read_bytes() for path in released.iterdir()} == before


@pytest.mark.parametrize("path", SOLUTIONS)
def test_a_student_notebook_holds_no_solution_and_no_output(path):
    notebook = read(RELEASE / path.name)
    assert outputs(notebook) == []
    for cell in code_cells(notebook):
        assert "SOLUTION" not in cell.source
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "..." in cell.source


@pytest.mark.proof
@pytest.mark.parametrize("path", SOLUTIONS)
def test_an_untouched_notebook_runs_to_its_end_and_says_what_is_still_to_do(path, clean_environment):
    """Run as by "Restart & Run All": without `allow_errors`, a cell that is not tagged would end the run."""
    notebook = execute(read(RELEASE / path.name), env=clean_environment)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert not [word for word in NOT_FOR_STUDENTS if word in text_of(output)], cell.source
            assert len(text_of(output).splitlines()) < 25
        if cell.id.startswith("check-"):
            assert "is still to do" in text_of(cell.outputs[0])
    summary = code_cells(notebook)[-1].outputs[0].data["text/plain"]
    assert summary.count("○ still to do") == len(EXERCISES[path.stem])
    assert "points so far     0 of " in summary
    assert code_cells(notebook)[-1].execution_count == len(code_cells(notebook))


def test_normalising_forgets_what_changes_with_each_run():
    cell = nbformat.v4.new_code_cell("1 + 1", execution_count=7, id="sum")
    cell.outputs = [
        nbformat.v4.new_output("display_data", {}),
        nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=7),
    ]
    cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    cell.metadata["tags"] = ["kept"]
    notebook = normalise(
        nbformat.v4.new_notebook(cells=[cell], metadata={"language_info": {"name": "python", "version": "3.11.7"}})
    )
    [cell] = notebook.cells
    assert (cell.id, cell.execution_count, cell.metadata) == ("sum", 1, {"tags": ["kept"]})
    assert [output.output_type for output in cell.outputs] == ["execute_result"]
    assert notebook.metadata.language_info == {"name": "python"}
