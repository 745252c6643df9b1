"""The examiners: for each automatic exercise its check, on the name that it takes, and its hidden test.

An examiner decides outside the sandbox. The answer it is given is a proxy; the expected values are its own.
"""

import random
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

from authoring.registry import Exercise
from exercises import checks  # noqa: F401 - each check enters itself
from exercises.hidden import hidden_tests
from exercises.kit.expect import CHECKS, judge
from exercises.kit.given.refusals import StillToDo, Wrong
from grading.examining.reference import Reference
from grading.remote.proxies import OURS, StudentError
from grading.verdicts import Verdict


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
        draw = random.Random(seed)
        try:
            with redirect_stdout(StringIO()) as printed:
                self.check(answer, *(names[name] for name in self.exercise.given), seed=draw.getrandbits(32))
                judge(
                    self.exercise.number,
                    self.tried(names[self.exercise.answer], draw, reference),
                    answer,
                    seed=draw.getrandbits(32),
                )
        except StillToDo as todo:
            return Verdict("todo", str(todo))
        except Wrong as wrong:
            return self.refusal(wrong)
        return Verdict("ok", printed.getvalue().strip())

    def tried(self, solution: object, draw: random.Random, reference: Reference) -> Callable[[object], None]:
        """Return the hidden test as a check of the answer alone."""

        def check(answer: object) -> None:
            for _ in range(self.rounds):
                self.hidden(answer, solution, draw, reference)

        return check

    def refusal(self, wrong: Wrong) -> Verdict:
        """Return the verdict for what a check raised: an error of the grader's own is never the student's."""
        cause = wrong.__cause__
        if cause is None:
            return Verdict("wrong", str(wrong))
        if not isinstance(cause, (StudentError, *OURS.values())) and not follows_from_the_answer(cause):
            return Verdict("grader_error", f"The grader itself failed: {type(cause).__name__}: {cause}")
        return Verdict("memory" if isinstance(cause, MemoryError) else "error", str(wrong))


def follows_from_the_answer(error: BaseException) -> bool:
    """Whether an exception of the check's own code can only come from what the answer is, or returned."""
    is_called = isinstance(error, TypeError) and str(error).endswith("object is not callable")
    too_large = isinstance(error, NotImplementedError) and "meta" in str(error).lower()  # see replies.tensor_of
    return is_called or too_large


def examiner_of(exercise: Exercise) -> Examiner:
    """Return the examiner of an exercise of the course."""
    test = hidden_tests()[exercise.id]
    return Examiner(exercise, CHECKS[exercise.id], test.run, test.rounds)
