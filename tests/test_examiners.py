"""The examiners' table, held against the check cells that students run."""

import ast

import pytest

from grading.course import Course
from grading.examining.examiners import EXAMINERS
from helpers import checks

COURSE = Course()


def test_every_automatic_exercise_has_its_examiner():
    assert EXAMINERS.keys() == COURSE.automatic.keys()


@pytest.mark.parametrize("exercise", EXAMINERS)
def test_an_examiner_makes_the_check_that_the_student_saw(exercise):
    call = ast.parse(COURSE.automatic[exercise].check, mode="eval").body
    examiner = EXAMINERS[exercise]
    assert ast.unparse(call.func.value) == "checks"
    assert getattr(checks, call.func.attr) is examiner.check
    assert [ast.unparse(argument) for argument in call.args] == [examiner.answer, *examiner.given]
    assert not call.keywords


@pytest.mark.parametrize("exercise", EXAMINERS)
def test_the_answer_is_a_name_that_the_student_defines(exercise):
    cells = COURSE.released[COURSE.automatic[exercise].notebook].cells
    ids = [cell.id for cell in cells]
    between = cells[ids.index(exercise) : ids.index(f"check-{exercise}")]
    sources = [ast.parse(cell.source) for cell in between if cell.cell_type == "code"]
    assert EXAMINERS[exercise].answer in {name for source in sources for name in defined_names(source)}


def defined_names(tree):
    """Return the names that a cell defines: functions, classes, variables."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    variables = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return variables | {node.name for node in tree.body if isinstance(node, kinds)}
