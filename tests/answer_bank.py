"""The bank of students' answers, how each exercise is set up to try them, and what is expected of the verdicts.

`answers/<exercise id>/right/*.py` and `wrong/*.py` are the full content of a student's cell. The first line of a wrong
one says what the feedback has to speak of: `# feedback: words | more words`.
"""

import io
import linecache
import random
import re
import signal
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch._dynamo  # torch imports it when devices are mixed, which takes seconds: not within an answer's time
import torch.nn.functional as F
from rating_data import leave_ratings
from torch import nn

from authoring.notebooks import SOLUTIONS, read
from helpers import checks
from helpers.errors import PlainError, explain

ANSWERS = Path(__file__).parent / "answers"
SECONDS = 20  # for one answer
MOST_LINES, MOST_COLUMNS = 5, 200  # of feedback
FOREIGN = ["_call_impl", "site-packages", "✓"]  # none of these in feedback


class Exercise(NamedTuple):
    """How an exercise is set up: as in its notebook, whose solved cells and whose check cell are run."""

    notebook: str
    given: tuple[str, ...] = ()  # ids of cells above it that define what an answer may use
    names: dict = {}  # noqa: RUF012  # what else the notebook has named by then
    prepare: Callable[[dict], None] = lambda names: None  # what else, if it is made of the names so far
    run: str | None = None  # the cell between the answer and the check


WORDS = {"dic_size": 500, "inv_word_dic": ["pad", "unk"] + [f"word{n}" for n in range(2, 200)]}
EXERCISES = {
    "row-dot": Exercise("01_reviews_to_batches"),
    "classic-mf": Exercise("02_matrix_factorization"),
    "koren-mf": Exercise("02_matrix_factorization"),
    "koren-fit": Exercise(
        "02_matrix_factorization",
        given=("classic-mf", "mf-step", "koren-mf"),
        prepare=leave_ratings,
        run="koren, koren_history = train_koren()",
    ),
    "tuple-batch-text": Exercise("03_ratings_from_text"),
    "rating-pred": Exercise("03_ratings_from_text"),
    "rating-pred-profile": Exercise("03_ratings_from_text"),
    "profile-step": Exercise("03_ratings_from_text", given=("rating-step", "profile-penalty")),
    "tuple-batch-piece-text": Exercise("04_predicting_text"),
    "text-item": Exercise("04_predicting_text", names=WORDS),
    "negative-sampling-loss": Exercise("04_predicting_text"),
    "describe-item": Exercise("04_predicting_text", given=("get-most-similar",), names=WORDS),
    "text-classic-mf": Exercise("04_predicting_text", given=("text-item",), names=WORDS),
    "joint-step": Exercise("04_predicting_text", given=("negative-sampling-loss", "joint-weights")),
}


# --- the set-up


@cache
def cells_of(notebook):
    """Return the sources of the cells of a solution notebook, by id."""
    return {cell.id: cell.source for cell in read(SOLUTIONS / f"{notebook}.ipynb").cells}


def solution(exercise):
    """Return the solved cell of `exercise`."""
    return cells_of(EXERCISES[exercise].notebook)[exercise]


@cache
def set_up(exercise):
    """Return the names that the notebook offers when `exercise` is reached; whoever runs cells takes a copy."""
    here = EXERCISES[exercise]
    names = {"__name__": "__main__", "checks": checks, "torch": torch, "nn": nn, "F": F, "np": np, "random": random}
    names |= here.names
    for cell in here.given:
        run_cell(cells_of(here.notebook)[cell], names)
    here.prepare(names)
    return names


def run_cell(source, names, title="cell"):
    """Run source as a notebook would: in `__main__`, with its lines at hand for whoever shows an error."""
    linecache.cache[title] = (len(source), None, source.splitlines(keepends=True), title)
    exec(compile(source, title, "exec"), names)


def run_answer(exercise, source, **other_names):
    """Run an answer as the notebook would that offers `other_names` too; return all names it then has."""
    names = set_up(exercise) | other_names
    torch.manual_seed(0)
    run_cell(source, names, "answer")
    return names


# --- handing in


class Outcome(NamedTuple):
    """What a student reads who hands in an answer."""

    printed: str
    refusal: str | None  # a verdict, or an error of another cell; None if there was none


class TooSlowError(BaseException):
    """An answer took too long. No code under test catches it."""


def hand_in(exercise, source):
    """Run an answer, what follows it and its check; return the outcome."""
    names, printed = set_up(exercise), io.StringIO()
    here = EXERCISES[exercise]
    cells = [cell for cell in (here.run, cells_of(here.notebook)[f"check-{exercise}"]) if cell]
    with redirect_stdout(printed):
        try:
            with time_limit(SECONDS):
                names = run_answer(exercise, source)
                for cell in cells:
                    run_cell(cell, names, cell)
        except TooSlowError:
            return Outcome(printed.getvalue(), f"It took more than {SECONDS} seconds.")
        except Exception as error:  # an answer may raise anything
            lines = str(error).splitlines() if isinstance(error, PlainError) else explain(error)
            return Outcome(printed.getvalue(), "\n".join(lines))
    return Outcome(printed.getvalue(), None)


@contextmanager
def time_limit(seconds):
    """Raise TooSlowError if what is inside takes longer."""

    def stop(*_):
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- the bank


def answers(kind, exercise):
    """Return the files of the answers of a kind, `right` or `wrong`, to `exercise`."""
    return sorted((ANSWERS / exercise / kind).glob("*.py"))


def bank_answer(exercise, name):
    """Return the source of an answer of the bank, such as `right/as_taught`."""
    return (ANSWERS / exercise / f"{name}.py").read_text(encoding="utf-8")


def complaints_about_acceptance(outcome):
    """Return what is wrong with the outcome of a right answer: it should be points in one line."""
    if outcome.refusal is not None:
        return [f"refused: {outcome.refusal}"]
    lines = outcome.printed.splitlines()
    if len(lines) != 1 or not re.search(r"✓ Exercise \d\.\d: \d points?\.", lines[0]):
        return [f"not one line with points: {outcome.printed}"]
    return []


def complaints_about_refusal(outcome, exercise):
    """Return what is wrong with the outcome of a wrong answer, whatever it says: it should be short, and a verdict."""
    if outcome.refusal is None:
        return [f"accepted: {outcome.printed}"]
    lines, complaints = outcome.refusal.splitlines(), []
    if not EXERCISES[exercise].run and not re.search(r"[✗○] Exercise \d\.\d", lines[0]):
        complaints.append("not a verdict of the check")
    if len(lines) > MOST_LINES:
        complaints.append(f"{len(lines)} lines")
    if max(map(len, lines)) > MOST_COLUMNS:
        complaints.append(f"a line of more than {MOST_COLUMNS} characters")
    complaints += [f"{word} in it" for word in FOREIGN if word in outcome.refusal + outcome.printed]
    return [f"{complaint}: {outcome.refusal}" for complaint in complaints]


def complaints_about_words(outcome, source):
    """Return what the feedback should speak of, by the first line of the answer, and does not."""
    first, _ = source.split("\n", 1)
    words = first.removeprefix("# feedback: ").split(" | ")
    return [f"{part!r} is not in it: {outcome.refusal}" for part in words if part not in (outcome.refusal or "")]


def one_thread():
    """Run on one thread for a while, as a fixture does: models this small are slower on many."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
