"""The bank of students' answers, how each exercise is set up to try them, and what is expected of the verdicts.

`exercises/<id>/right/*.py` and `wrong/*.py` are the full content of a student's cell. The first line of a wrong
one says what the feedback has to speak of: `# feedback: words | more words`.
"""

import ast
import inspect
import io
import linecache
import re
import signal
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib import import_module
from typing import NamedTuple

import torch
import torch._dynamo  # torch imports it when devices are mixed, which takes seconds: not within an answer's time

from authoring.names import uses
from authoring.registry import EXERCISES as FOLDER
from authoring.registry import Registry
from helpers.errors import PlainError, explain

REGISTRY = Registry()
EXERCISES = REGISTRY.automatic
SECONDS = 4  # of the processor's time, for one answer
TOO_SLOW = "It took too long."
MOST_LINES, MOST_COLUMNS = 5, 200  # of feedback
FOREIGN = ["_call_impl", "site-packages", "✓"]  # none of these in feedback


# --- the set-up


def solution(exercise):
    """Return the solved cell of `exercise`."""
    return EXERCISES[exercise].solution


@cache
def set_up(exercise):
    """Return the names that the notebook offers when `exercise` is reached; whoever runs cells takes a copy."""
    names = {"__name__": "__main__"}
    run_cell(imports_of(REGISTRY.cells(exercise)["setup"]), names)
    provided = small_data(exercise, names)
    names |= provided
    run_cells(exercise, REGISTRY.used(exercise), names, provided)
    return names


def imports_of(source):
    """Return the lines of a cell that import."""
    return "\n".join(
        ast.unparse(part) for part in ast.parse(source).body if isinstance(part, ast.Import | ast.ImportFrom)
    )


def small_data(exercise, names):
    """Return the names that `setup.py` of an exercise gives in place of the notebook's own, none if there is none."""
    if not (FOLDER / exercise / "setup.py").exists():
        return {}
    give = import_module(f"exercises.{exercise}.setup").names
    needed = inspect.signature(give).parameters
    run_cells(exercise, needed, names)
    return give(**{name: names[name] for name in needed})


def run_cells(exercise, needed, names, known=()):
    """Run the cells above an exercise that define what is needed."""
    for cell in REGISTRY.cells_for(exercise, needed, known):
        run_cell(REGISTRY.cells(exercise)[cell], names)


def run_cell(source, names, title="cell"):
    """Run source as a notebook would: in `__main__`, with its lines at hand for whoever shows an error."""
    linecache.cache[title] = (len(source), None, source.splitlines(keepends=True), title)
    exec(compile(source, title, "exec"), names)


def run_answer(exercise, source, **other_names):
    """Run an answer as the notebook would that offers `other_names` too; return all names it then has.

    Of the answers above, those that this one uses are there.
    """
    names = set_up(exercise) | other_names
    others = {one.answer for one in EXERCISES.values()}
    run_cells(exercise, (uses(source) & others) - names.keys(), names, names.keys())
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
    here, names, printed, failed = EXERCISES[exercise], set_up(exercise), io.StringIO(), None
    with redirect_stdout(io.StringIO()):
        try:
            with time_limit(SECONDS):
                names = run_answer(exercise, source)
                failed = first_error(names, [REGISTRY.cells(exercise)[cell] for cell in here.between])
                with redirect_stdout(printed):
                    run_cell(here.check, names, here.check)
        except NameError as error:
            return Outcome(printed.getvalue(), told(failed or error))
        except TooSlowError:
            return Outcome(printed.getvalue(), TOO_SLOW)
        except Exception as error:  # an answer may raise anything
            return Outcome(printed.getvalue(), told(error))
    return Outcome(printed.getvalue(), None)


def first_error(names, cells):
    """Run cells as "Run All" does, which goes on after an error; return the first error, None if there was none."""
    first = None
    for cell in cells:
        try:
            run_cell(cell, names, cell)
        except Exception as error:  # an answer may raise anything
            first = first or error
    return first


def told(error):
    """Return an error as the student reads it."""
    return "\n".join(str(error).splitlines() if isinstance(error, PlainError) else explain(error))


@contextmanager
def time_limit(seconds):
    """Raise TooSlowError if what is inside takes more of the processor's time, however busy the machine is."""

    def stop(*_):
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# --- the bank


def answers(kind, exercise):
    """Return the files of the answers of a kind, `right`, `wrong` or `memorised`, to `exercise`."""
    return sorted((FOLDER / exercise / kind).glob("*.py"))


def bank_answer(exercise, name):
    """Return the source of an answer of the bank, such as `right/as_taught`."""
    return (FOLDER / exercise / f"{name}.py").read_text(encoding="utf-8")


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
    if not EXERCISES[exercise].between and f" Exercise {EXERCISES[exercise].number}" not in lines[0]:
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
