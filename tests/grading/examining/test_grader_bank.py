"""The bank of students' answers, marked: each in an otherwise solved notebook, in the sandbox, as a submission is.

The examples of a check are drawn anew for each submission, so a message may differ from that in the notebook; what the
bank expects of it is in both.
"""

from copy import deepcopy

import pytest

from grading.course import Course
from grading.examining.marking import Marker, NotebookRun, Seconds
from grading.examining.reference import Reference
from grading.handed_in.matching import match
from grading.remote.kernel import Kernel
from tests.kit import answer_bank
from tests.kit.answer_bank import EXERCISES, answers

pytestmark = pytest.mark.proof

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)

COURSE = Course()
SECONDS = Seconds(cell=30, call=5, examination=30, submission=3600)
FEW = 2  # answers of each kind that are marked in the short tests too
SLOW = {"train-classic", "loaders-run"}  # given cells; of what they leave, the exercise koren-fit alone needs anything
OTHER_WORDS = {  # of these, what is said depends on what is drawn
    "describe-item/absolute_cosines": "the farthest words are the largest of all only where they are far enough",
    "koren-fit/another_model_returned": "graded reviews may be such that they cannot show which model is better",
    "describe-item/farthest": "the vocabulary is so large that several words are equally far",
    "describe-item/ids_moved_by_two": "the nearest word may have id 2, and then something else stands in its place",
    "text-item/fakes_include_padding": "padding may be drawn where a gradient is asked for first, and has none",
}


SEEN_IN_THE_NOTEBOOK_ALONE = {  # how a model was trained: the grader looks at the model, and calls no `train_koren`
    "koren-fit/mean_learned_with_patience",
    "koren-fit/one_epoch",
    "koren-fit/step_reports_its_loss",
    "koren-fit/validates_on_test",
}


class Bank:
    """The answers to the exercises of one notebook; a class of its own for each, so that processes can share them."""

    def test_a_right_answer_gets_its_points(self, mark, exercise, right):
        verdict, message, *_ = mark(exercise, right)
        assert verdict == "ok", message

    def test_a_wrong_answer_is_refused_with_the_words_that_the_notebook_has(self, mark, exercise, wrong):
        verdict, message, *_ = mark(exercise, wrong)
        assert verdict in ("wrong", "todo", "error"), message
        if f"{exercise}/{wrong.stem}" not in OTHER_WORDS:
            assert [words for words in expected_words(wrong) if words not in message] == [], message


class TestNotebook1(Bank):
    notebook = "01_reviews_to_batches"


class TestNotebook2(Bank):
    notebook = "02_matrix_factorization"


class TestNotebook3(Bank):
    notebook = "03_ratings_from_text"


class TestNotebook4(Bank):
    notebook = "04_predicting_text"


class TestNotebook5(Bank):
    notebook = "05_recommending"


def test_no_notebook_is_left_out():
    assert {bank.notebook for bank in Bank.__subclasses__()} == set(COURSE.released)


def pytest_generate_tests(metafunc):
    for kind in {"right", "wrong"} & set(metafunc.fixturenames):
        exercises = [id for id in EXERCISES if EXERCISES[id].notebook == metafunc.cls.notebook]
        metafunc.parametrize(("exercise", kind), [one for exercise in exercises for one in bank(kind, exercise)])


def bank(kind, exercise):
    """Return the answers of a kind to an exercise as parameters; all but the first few are for the long tests."""
    found = [file for file in answers(kind, exercise) if f"{exercise}/{file.stem}" not in SEEN_IN_THE_NOTEBOOK_ALONE]
    for number, file in enumerate(found):
        marks = () if number < FEW else pytest.mark.long
        yield pytest.param(exercise, file, id=f"{exercise}/{file.stem}", marks=marks)


def expected_words(file):
    """Return what the feedback should speak of, by the first line of a wrong answer."""
    first, _ = file.read_text(encoding="utf-8").split("\n", 1)
    return first.removeprefix("# feedback: ").split(" | ")


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    folder.chmod(0o755)  # the user who runs students' code reads it
    return Marker(COURSE, Reference(COURSE, folder, seed=1), b"a key", SECONDS)


@pytest.fixture(scope="class")
def mark(isolation, marker):
    """Mark an answer: return its verdict and message."""
    with Kernel(marker.reference.reviews.path, SECONDS) as kernel:

        def mark(exercise, file):
            name = COURSE.automatic[exercise].notebook
            notebook = solved_but_for(exercise, file.read_text(encoding="utf-8"))
            matched = match(notebook, name, COURSE)
            names = marker.reference.names(name)
            run = NotebookRun(marker, kernel, matched, marker.left_out[name], b"", names, {})
            run.steps = up_to_the_check(run.steps, exercise)
            run.finish()
            return run.verdicts[exercise]

        yield mark


def solved_but_for(exercise, source):
    """Return a student's notebook with `source` as the answer to `exercise`, and our answers to all others."""
    notebook = deepcopy(COURSE.released[COURSE.automatic[exercise].notebook])
    for cell in notebook.cells:
        if cell.id in COURSE.automatic:
            cell.source = source if cell.id == exercise else COURSE.automatic[cell.id].solution
    return notebook


def up_to_the_check(steps, exercise):
    """Return the steps before the check of `exercise`, but for other checks and what takes long, and this check."""
    here = next(n for n, step in enumerate(steps) if step.role == "check" and step.exercise == exercise)
    unneeded = set() if exercise == "koren-fit" else SLOW
    return [step for step in steps[:here] if step.role != "check" and step.id not in unneeded] + [steps[here]]
