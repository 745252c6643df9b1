"""The checks of notebook 3, held against the bank of students' answers."""

import answer_bank
import pytest
from answer_bank import answers, exercise_of, hand_in, notebook_names, shown

CHECKS = {
    "tuple-batch-text": "checks.tuple_batch_text(tuple_batch_text)",
    "rating-pred": "checks.rating_pred(RatingPred)",
    "rating-pred-profile": "checks.rating_pred_profile(RatingPredProfile)",
    "profile-step": "checks.profile_step(profile_step)",
}

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


@pytest.mark.parametrize("exercise", CHECKS)
def test_the_bank_is_large_enough_to_mean_something(exercise):
    answer_bank.expect_a_large_bank(exercise)


@pytest.mark.parametrize("file", answers("right", CHECKS))
def test_a_right_answer_gets_its_points_in_one_line(file, capsys):
    hand_in(file, notebook_names(), CHECKS[exercise_of(file)])
    answer_bank.expect_points(capsys.readouterr().out)


@pytest.mark.filterwarnings("ignore:Using a target size")  # torch, on a column that meets a row
@pytest.mark.parametrize("file", answers("wrong", CHECKS))
def test_a_wrong_answer_is_told_what_is_wrong(file, capsys):
    feedback = shown(file, notebook_names(), CHECKS[exercise_of(file)])
    answer_bank.expect_feedback(file, feedback, capsys.readouterr().out)
