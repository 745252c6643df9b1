"""The registry of exercises, and the names of cells that it looks at."""

import pytest

from authoring.names import defines, uses
from authoring.notebooks import read, solution_paths
from authoring.registry import NotDeclared, Registry

REGISTRY = Registry()
SOURCE = """\
%matplotlib inline
import numpy as np
from torch import nn
def f(a, *, b=given):
    global made
    made = [c + d for c in a if c]
    return {k: v for k, v in made} | {e for e in g}
class Model(nn.Module, base):
    size: int = h
    def forward(self):
        return self.size + size + later
x, (y, *z) = (i for i in range(j))
later = [m for m in x]
"""


def test_a_cell_defines_what_it_leaves_to_the_next():
    assert defines(SOURCE) == {"np", "nn", "f", "Model", "x", "y", "z", "later"}


def test_a_cell_uses_what_it_does_not_define():
    assert uses(SOURCE) - {"range", "list", "dict", "set", "int"} == {
        "given",
        "d",
        "g",
        "base",
        "h",
        "size",
        "j",
        "made",
    }


def test_variables_of_comprehensions_are_nobody_elses():
    source = "a = [b for b in c]\nd = {e: f for e, f in g}\nh = {i for i in [j for j in k]}\n"
    assert defines(source) == {"a", "d", "h"}
    assert uses(source) == {"c", "g", "k", "list", "dict", "set"}


@pytest.mark.parametrize(
    ("exercise", "cells"),
    {
        "row-dot": (),
        "profile-step": ("rating-step", "profile-penalty"),
        "describe-item": ("load", "get-most-similar"),
        "text-classic-mf": ("text-item",),
        "joint-step": ("negative-sampling-loss", "joint-weights"),
    }.items(),
)
def test_the_cells_that_an_answer_needs_are_found(exercise, cells):
    assert REGISTRY.cells_for(exercise, REGISTRY.used(exercise)) == cells


def test_names_that_come_from_elsewhere_need_no_cell():
    known = {"data", "baselines", "fit", "train_loader", "val_loader", "nb_users", "nb_items", "train_mean"}
    assert REGISTRY.cells_for("koren-fit", REGISTRY.used("koren-fit"), known) == ("mf-step", "koren-mf")


def test_the_call_of_a_check_says_what_the_student_defines():
    assert (REGISTRY.exercises["koren-fit"].answer, REGISTRY.exercises["koren-fit"].given) == (
        "koren",
        ["data", "baselines", "train_koren"],
    )


def test_each_notebook_declares_some():
    assert {exercise.notebook for exercise in REGISTRY.exercises.values()} == {path.stem for path in solution_paths()}


@pytest.mark.parametrize(
    ("lost", "message"), [("check-row-dot", "has no check cell, `check-row-dot`"), ("exercise-row-dot", "no heading")]
)
def test_an_exercise_without_a_part_is_refused_in_a_sentence(lost, message):
    [path] = [path for path in solution_paths() if path.stem.startswith("01")]
    notebook = read(path)
    notebook.cells = [cell for cell in notebook.cells if cell.id != lost]
    with pytest.raises(NotDeclared, match=message):
        _ = Registry({path.stem: notebook}).exercises
