"""The examiners: for each automatic exercise its check, on the name that it takes, and its hidden test.

An examiner decides outside the sandbox. The answer it is given is a proxy; the expected values are its own.
"""

import random
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from io import StringIO
from typing import Any, NamedTuple

from authoring.registry import Exercise
from exercises import checks  # noqa: F401 - each check enters itself
from exercises.hidden import hidden_tests
from exercises.kit.expect import CHECKS, PARTS, judge
from exercises.kit.given.refusals import StillToDo, Wrong
from grading.examining.reference import Reference
from grading.remote.proxies import OURS, StudentError
from grading.verdicts import Verdict

MOST_SAID = 300  # characters of an exception of the check's own


class Examiner(NamedTuple):
    """How an exercise is examined."""

    exercise: Exercise
    check: Callable[..., None]  # what students have
    hidden: Callable[..., None]  # what they have not: takes the answer, the solution, a random.Random, the reference
    rounds: int  # how often it is tried

    def verdict(self, answer: object, names: dict[str, Any], reference: Reference, seed: int) -> Verdict:
        """Return the verdict on an answer, or on its proxy.

        names: what the solution notebook defines. reference: what hidden tests may need. seed: of all that is drawn.
        """
        try:
            with redirect_stdout(StringIO()) as printed:
                self.ask(answer, names, reference, random.Random(seed))
        except StillToDo as todo:
            return Verdict("todo", str(todo))
        except Wrong as wrong:
            cause = wrong.__cause__
            parts = self.right_parts(answer, seed)
            if cause is None:
                return Verdict("wrong", str(wrong), parts)
            if isinstance(cause, (StudentError, *OURS.values())):
                return Verdict("memory" if isinstance(cause, MemoryError) else "error", str(wrong), parts)
            return self.unreadable(cause, names, reference, seed)
        line, *_ = printed.getvalue().strip().splitlines()  # what follows is about the reviews of the notebook alone
        return Verdict("ok", line)

    def ask(self, answer: object, names: dict[str, Any], reference: Reference, draw: random.Random) -> None:
        """Ask an answer all that the check and the hidden test ask; raises what they raise."""
        self.check(answer, *(names[name] for name in self.exercise.given), seed=draw.getrandbits(32))
        tried = self.tried(names[self.exercise.answer], draw, reference)
        judge(self.exercise.number, tried, answer, seed=draw.getrandbits(32))

    def right_parts(self, answer: object, seed: int) -> tuple[str, ...]:
        """Return the parts of an answer that are right, of those that the check cell gives points of their own."""
        right, draw = [], random.Random(seed)
        for part in PARTS[self.exercise.id].keys() & self.exercise.parts.keys():
            with suppress(Wrong, StillToDo):
                judge(self.exercise.number, PARTS[self.exercise.id][part], answer, seed=draw.getrandbits(32))
                right.append(part)
        return tuple(sorted(right))

    def unreadable(self, cause: BaseException, names: dict[str, Any], reference: Reference, seed: int) -> Verdict:
        """Return the verdict where the check's own code failed on an answer: is it ours, or what the answer gave it?

        The same is asked of our own answer. If it stands that, it is what the student's returned that nobody can read.
        """
        said = f"{type(cause).__name__}: {cause}"
        try:
            with redirect_stdout(StringIO()):
                self.ask(names[self.exercise.answer], names, reference, random.Random(seed))
        except (Wrong, StillToDo) as error:
            return Verdict("grader_error", f"The grader itself failed: {said} ({error})")
        words = f"what your code gives cannot be looked at.\n  {said[:MOST_SAID]}"
        verdict = "memory" if isinstance(cause, MemoryError) else "error"
        return Verdict(verdict, f"✗ Exercise {self.exercise.number}: {words}")

    def tried(self, solution: object, draw: random.Random, reference: Reference) -> Callable[[object], None]:
        """Return the hidden test as a check of the answer alone."""

        def check(answer: object) -> None:
            for _ in range(self.rounds):
                self.hidden(answer, solution, draw, reference)

        return check


def examiner_of(exercise: Exercise) -> Examiner:
    """Return the examiner of an exercise of the course."""
    test = hidden_tests()[exercise.id]
    return Examiner(exercise, CHECKS[exercise.id], test.run, test.rounds)
