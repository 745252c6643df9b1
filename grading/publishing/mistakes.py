"""Mistakes that several students made: messages that are equal apart from numbers and names, with real answers.

An answer is text here and on the page: nothing of it runs, is formatted, or leads anywhere.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from grading.texts import cut, readable

NAMES = 5  # of a mistake
ANSWERS = 3  # of a mistake, those of the students that are named
LONGEST_NAME, LONGEST_SENTENCE, LONGEST_MESSAGE, LONGEST_ANSWER = 60, 300, 1000, 1500

PREFIX = re.compile(r"[✗○] Exercise [\d.]+: ")
WHERE = re.compile(r"in .*, line \d+")  # a line of a traceback
EXAMPLE = re.compile(r"(For|From|By) |.*\b[Yy]ou returned\b")  # a line that shows numbers or words of one case
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
NUMBERS = re.compile(r"\[[\[\]#,\s]*")  # a list of numbers, once they are #, and the space behind it
QUOTED = re.compile(r"""(?<!\w)'[^'\n]*'(?!\w)|"[^"\n]*\"""")

Answers = Callable[[str, str], str | None]  # what a student answered to an exercise; None if that is not known


class Mistake(NamedTuple):
    """What several students were told about an exercise, apart from numbers and names."""

    count: int  # type: ignore[assignment]  # it hides that of tuples
    sentence: str  # of the example: what is wrong
    hint: str  # of the example: what to look at; may be empty
    example: str  # the shortest of their messages, whole
    students: list[str]  # some of them
    answers: list[str]  # of these, and different ones


class Examples:
    """Messages that are equal apart from numbers and names: how many, the shortest one, and some who read them."""

    def __init__(self) -> None:
        self.count, self.example = 0, ""
        self.names: list[str] = []

    def add(self, student: str, message: str) -> None:
        """Count a message that a student read."""
        self.count += 1
        self.example = min((message, self.example or message), key=lambda text: (len(text), text))
        self.names = sorted({*self.names, student})[:NAMES]

    def mistake(self, exercise: str, answers: Answers) -> Mistake:
        """Return the mistake in an exercise that all of them are about."""
        sentence, hint = gist(self.example)
        found = (readable(answer, LONGEST_ANSWER).strip() for name in self.names if (answer := answers(name, exercise)))
        different = list(dict.fromkeys(filter(None, found)))[:ANSWERS]
        return Mistake(self.count, sentence, hint, self.example, list(map(shown, self.names)), different)


def gist(message: str) -> tuple[str, str]:
    """Return (what is wrong, what to look at) of a check's message; left out is what shows a single case."""
    lines = [line.strip() for line in PREFIX.sub("", message, count=1).splitlines()]
    first, *others = [line for line in lines if line and not WHERE.match(line)] or [""]
    if first.startswith("your code stopped") and others:
        first = f"your code stopped: {others.pop(0)}"
    elif ". " in first:
        first, other = first.split(". ", 1)
        first, others = f"{first}.", [other, *others]
    hint = others[-1] if others and not EXAMPLE.match(others[-1]) else ""
    return cut(first, LONGEST_SENTENCE), cut(hint, LONGEST_SENTENCE)


def masked(text: str) -> str:
    """Return `text` without what differs from student to student: numbers, lists of numbers, quoted values."""
    return NUMBERS.sub("[#] ", NUMBER.sub("#", QUOTED.sub("'#'", text)))


def shown(student: str) -> str:
    """Return a student's name as it is printed."""
    return cut(" ".join(readable(student, 200).split()), LONGEST_NAME)
