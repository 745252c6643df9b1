"""The bank of students' answers, and what the tests of the checks share in trying them.

`answers/<exercise id>/right/*.py` and `wrong/*.py` are the full content of a student's cell. The first line of a wrong
one says what the feedback has to speak of: `# feedback: words | more words`.
"""

import linecache
import random
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import checks
from helpers.checks import StillToDo, Wrong
from helpers.errors import PlainError, explain

ANSWERS = Path(__file__).parent / "answers"
VERDICTS = (Wrong, StillToDo)


def answers(kind, exercises):
    """Return the answers of a kind, `right` or `wrong`, to `exercises` as parameters with readable ids."""
    files = [file for exercise in exercises for file in sorted((ANSWERS / exercise / kind).glob("*.py"))]
    return [pytest.param(file, id=f"{exercise_of(file)}/{file.stem}") for file in files]


def exercise_of(file):
    """Return the id of the exercise that the answer in `file` is for."""
    return file.parts[-3]


def notebook_names(**more):
    """Return the names that the set-up cell of every notebook offers, and `more`."""
    names = {"checks": checks, "torch": torch, "nn": nn, "F": F, "np": np, "random": random}
    return {"__name__": "__main__"} | names | more


def run_cell(source, names, title="cell"):
    """Run source as a notebook would: in `__main__`, with its lines at hand for whoever shows an error."""
    linecache.cache[title] = (len(source), None, source.splitlines(keepends=True), title)
    exec(compile(source, title, "exec"), names)


def hand_in(file, names, *cells):
    """Run the answer in `file`, then `cells` after it, as a notebook that offers `names`; return all names it has."""
    names = dict(names)
    torch.manual_seed(0)
    run_cell(file.read_text(encoding="utf-8"), names, "answer")
    for cell in cells:
        run_cell(cell, names, cell)
    return names


def shown(file, names, *cells, errors=VERDICTS):
    """Return what the student reads who hands in a wrong answer: the verdict, or one of `errors` of another cell."""
    with pytest.raises(errors) as caught:
        hand_in(file, names, *cells)
    return str(caught.value) if isinstance(caught.value, PlainError) else "\n".join(explain(caught.value))


def expect_points(output):
    """Fail unless `output` is the one line that a right answer gets."""
    (line,) = output.splitlines()
    assert line.startswith("✓ Exercise ")
    assert line.endswith((": 1 point.", ": 2 points.", ": 3 points."))


def expect_feedback(file, feedback, output):
    """Fail unless `feedback` speaks of what the first line of `file` says, is short, and came without a tick."""
    first, _ = file.read_text(encoding="utf-8").split("\n", 1)
    for words in first.removeprefix("# feedback: ").split(" | "):
        assert words in feedback, f"{words!r} is not in:\n{feedback}"
    assert len(feedback.splitlines()) <= 6, feedback
    assert max(map(len, feedback.splitlines())) <= 200
    assert "_call_impl" not in feedback
    assert "site-packages" not in feedback
    assert "✓" not in output


def expect_a_large_bank(exercise):
    """Fail unless the bank holds enough answers to `exercise` to mean something."""
    assert len(list((ANSWERS / exercise / "right").glob("*.py"))) >= 6
    assert len(list((ANSWERS / exercise / "wrong").glob("*.py"))) >= 10


def one_thread():
    """Run on one thread for a while, as a fixture does: models this small are slower on many."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
