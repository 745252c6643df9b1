"""What students' code sees of ours: the helpers, and of the exercises what answers are given, not what is expected."""

import pytest

from grading.remote.kernel import shown_packages
from tests.kit.students import row_dot, with_row_dot

pytestmark = pytest.mark.proof

LOOK = """
from pathlib import Path
import exercises
folder = Path(exercises.__file__).parent
raise ValueError(sorted({path.stem for path in folder.rglob("*") if path.is_file()}))
"""
IMPORTS = """
import importlib
said = []
exercises = ["exercises.row-dot.check", "exercises.row-dot.hidden", "exercises.kit.factorization"]
for name in [*exercises, "grading", "authoring"]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        said.append(name)
raise ValueError(" ".join(said))
"""


def test_of_the_exercises_only_what_answers_are_given_is_shown():
    shown = {name for name in shown_packages() if name.startswith("exercises")}
    assert shown == {"exercises/__init__.py", "exercises/checks.py", "exercises/kit/__init__.py", "exercises/kit/given"}


def test_an_answer_finds_nothing_else_inside(counter):
    message = counter.mark(with_row_dot(row_dot(LOOK))).message
    for name in ("__init__", "checks", "fake_models"):
        assert repr(name) in message
    for name in ("'check", "hidden", "right", "index", "factorization"):
        assert f"{name}'" not in message


def test_an_answer_can_import_no_check_no_hidden_test_and_no_grader(counter):
    message = counter.mark(with_row_dot(row_dot(IMPORTS))).message
    for name in ("row-dot.check", "row-dot.hidden", "kit.factorization", "grading", "authoring"):
        assert name in message
