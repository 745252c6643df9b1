"""The examiners: for each automatic exercise, which check is run on which name, and what is tried besides.

An examiner decides outside the sandbox. The answer it is given is a stand-in; the expected values are its own.
"""

import random
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import NamedTuple

from grading.examining import trials
from grading.remote.proxies import OURS, StudentError
from grading.verdicts import Verdict
from helpers import checks
from helpers.checks import StillToDo, Wrong
from helpers.checks.verdict import judge


class Examiner(NamedTuple):
    """How an exercise is examined."""

    answer: str  # the name that the student defines
    check: Callable  # of helpers.checks
    trial: Callable  # takes the answer, the solution, a random.Random, the reference
    given: tuple[str, ...] = ()  # names of the notebook that the check takes after the answer
    rounds: int = 3  # how often it is tried

    def verdict(self, answer, names, reference, seed):
        """Return the verdict on an answer, or on its stand-in.

        names: what the solution notebook defines. reference: what trials may need. seed: of all that is drawn.
        """
        draw = random.Random(seed)
        try:
            with redirect_stdout(StringIO()) as printed:
                self.check(answer, *(names[name] for name in self.given), seed=draw.getrandbits(32))
                judge(
                    self.check.number,
                    self.tried(names[self.answer], draw, reference),
                    answer,
                    seed=draw.getrandbits(32),
                )
        except StillToDo as todo:
            return Verdict("todo", str(todo))
        except Wrong as wrong:
            return self.refusal(wrong)
        return Verdict("ok", printed.getvalue().strip())

    def tried(self, solution, draw, reference):
        """Return the trial as a check of the answer alone."""

        def check(answer):
            for _ in range(self.rounds):
                self.trial(answer, solution, draw, reference)

        return check

    def refusal(self, wrong):
        """Return the verdict for what a check raised: an error of the grader's own is never the student's."""
        cause = wrong.__cause__
        if cause is None:
            return Verdict("wrong", str(wrong))
        if not isinstance(cause, (StudentError, *OURS.values())) and not follows_from_the_answer(cause):
            return Verdict("grader_error", f"The grader itself failed: {type(cause).__name__}: {cause}")
        return Verdict("memory" if isinstance(cause, MemoryError) else "error", str(wrong))


def follows_from_the_answer(error):
    """Whether an exception of the check's own code can only come from what the answer is, or returned."""
    is_called = isinstance(error, TypeError) and str(error).endswith("object is not callable")
    too_large = isinstance(error, NotImplementedError) and "meta" in str(error).lower()  # see replies.tensor_of
    return is_called or too_large


EXAMINERS = {
    "row-dot": Examiner("row_dot", checks.row_dot, trials.row_dots),
    "classic-mf": Examiner("ClassicMF", checks.classic_mf, trials.factorizations),
    "koren-mf": Examiner("KorenMF", checks.koren_mf, trials.factorizations),
    "koren-fit": Examiner("koren", checks.koren_fit, trials.unseen_ratings, ("data", "baselines"), rounds=1),
    "tuple-batch-text": Examiner("tuple_batch_text", checks.tuple_batch_text, trials.texts_of_reviews),
    "rating-pred": Examiner("RatingPred", checks.rating_pred, trials.ratings_of_texts),
    "rating-pred-profile": Examiner("RatingPredProfile", checks.rating_pred_profile, trials.ratings_of_profiles),
    "profile-step": Examiner("profile_step", checks.profile_step, trials.profile_steps),
    "tuple-batch-piece-text": Examiner(
        "tuple_batch_piece_text", checks.tuple_batch_piece_text, trials.pieces_of_reviews
    ),
    "text-item": Examiner("TextItem", checks.text_item, trials.items_and_words),
    "negative-sampling-loss": Examiner("loss_func", checks.loss_func, trials.word_losses),
    "describe-item": Examiner("describe_item", checks.describe_item, trials.descriptions, ("inv_word_dic",)),
    "text-classic-mf": Examiner("TextClassicMF", checks.text_classic_mf, trials.joint_models),
    "joint-step": Examiner("joint_step", checks.joint_step, trials.joint_steps),
}
