"""The checks of notebook 4, held against the bank of students' answers."""

import random

import answer_bank
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from answer_bank import ANSWERS, answers, exercise_of, notebook_names, run_cell, shown

from helpers import checks
from helpers.checks import StillToDo, Wrong
from helpers.checks.elsewhere import elsewhere
from helpers.checks.items_and_words import build, check_text_model, long_reviews, random_weights
from helpers.checks.near_words import JOINT, TEXT_ITEM, dots_and_cosines, log_sigmoid, points
from helpers.checks.pieces import check_draws
from helpers.checks.text_models import fill

CELLS = {  # what stands under each exercise
    "tuple-batch-piece-text": "checks.tuple_batch_piece_text(tuple_batch_piece_text)",
    "text-item": "checks.text_item(TextItem)",
    "negative-sampling-loss": "checks.loss_func(loss_func)",
    "describe-item": "checks.describe_item(describe_item, inv_word_dic)",
    "text-classic-mf": "checks.text_classic_mf(TextClassicMF)",
    "joint-step": "checks.joint_step(joint_step)",
}

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


def get_most_similar(text_emb, embeddings, dictionary, top_k=10):
    """What the notebook gives before Exercise 4.4."""
    cosine = F.normalize(embeddings, dim=-1) @ F.normalize(text_emb.weight[2:], dim=-1).T
    return [[dictionary[n + 2] for n in row] for row in cosine.topk(top_k).indices.tolist()]


@pytest.fixture(scope="module")
def names():
    """What notebook 4 offers before its exercises, and the answers to those that others build on."""
    names = notebook_names(dic_size=500, text_weight=0.5, l2=0.1, get_most_similar=get_most_similar)
    names["inv_word_dic"] = ["pad", "unk"] + [f"word{n}" for n in range(2, 200)]
    for exercise in ["text-item", "negative-sampling-loss"]:
        run_cell((ANSWERS / exercise / "right" / "as_taught.py").read_text(encoding="utf-8"), names)
    return names


@pytest.mark.parametrize("exercise", CELLS)
def test_the_bank_is_large_enough_to_mean_something(exercise):
    answer_bank.expect_a_large_bank(exercise)


@pytest.mark.parametrize("file", answers("right", CELLS))
def test_a_right_answer_gets_its_points_in_one_line(file, names, capsys):
    answer_bank.hand_in(file, names, CELLS[exercise_of(file)])
    answer_bank.expect_points(capsys.readouterr().out)


@pytest.mark.parametrize("file", answers("wrong", CELLS))
def test_a_wrong_answer_is_told_what_is_wrong(file, names, capsys):
    answer_bank.expect_feedback(file, shown(file, names, CELLS[exercise_of(file)]), capsys.readouterr().out)


def answer(file, names, name):
    """Return what the bank's answer in `file` defines as `name`."""
    names = dict(names)
    run_cell((ANSWERS / file).read_text(encoding="utf-8"), names)
    return names[name]


@pytest.mark.parametrize("seed", range(20))
def test_no_chance_refuses_right_draws(seed, names):
    torch.manual_seed(seed)
    random.seed(seed)
    check_draws(answer("tuple-batch-piece-text/right/as_taught.py", names, "tuple_batch_piece_text"))
    check_text_model(names["TextItem"], TEXT_ITEM)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draws", ["last_word_never_drawn", "last_word_twice_as_often", "one_fake_for_each_review"])
def test_no_chance_accepts_wrong_draws(seed, draws, names):
    torch.manual_seed(seed)
    with pytest.raises(Wrong, match=r"of 3600 fake words|not drawn one by one"):
        check_text_model(answer(f"text-item/wrong/{draws}.py", names, "TextItem"), TEXT_ITEM)


@pytest.mark.parametrize(("design", "exercise"), [(TEXT_ITEM, "text-item"), (JOINT, "text-classic-mf")])
def test_every_pair_of_item_and_word_tells_which_fake_was_drawn(design, exercise, names):
    model = build(answer(f"{exercise}/right/as_taught.py", names, design.name), design, 3, 4)
    fill(model, random_weights(model))
    cosines = dots_and_cosines(points(model, design, long_reviews().items), model.text_emb.weight.detach())[1]
    terms = log_sigmoid(-cosines)[:, 1:].flatten().sort().values
    assert terms.diff().min() > 1e-4  # without padding, whose cosine is 0 with any item
    assert (terms - log_sigmoid(torch.zeros(1))).abs().min() > 1e-4


@pytest.mark.parametrize("nb_words", [3, 9, 10, 30_000])
@pytest.mark.parametrize("kind", [list, lambda words: dict(enumerate(words))])
def test_an_item_is_described_with_any_vocabulary(nb_words, kind, names, capsys):
    dictionary = kind(["pad", "unk", *(f"w{n}" for n in range(nb_words))])
    describe_item = answer("describe-item/right/as_taught.py", names | {"inv_word_dic": dictionary}, "describe_item")
    checks.describe_item(describe_item, dictionary)
    assert "✓" in capsys.readouterr().out


def test_a_word_of_the_reviews_may_be_spelt_like_the_padding(names, capsys):
    dictionary = ["pad", "unk", *(f"w{n}" for n in range(9)), "pad", "unk"]
    describe_item = answer("describe-item/right/as_taught.py", names | {"inv_word_dic": dictionary}, "describe_item")
    checks.describe_item(describe_item, dictionary)
    assert "✓" in capsys.readouterr().out


def test_the_joint_model_says_that_the_text_model_comes_first(names):
    untouched = answer("text-item/wrong/layers_done_comparison_untouched.py", names, "TextItem")
    joint = answer("text-classic-mf/right/as_taught.py", names | {"TextItem": untouched}, "TextClassicMF")
    with pytest.raises(StillToDo, match=r"Exercise 4\.5 is still to do: .* \(or in Exercise 4\.2"):
        checks.text_classic_mf(joint)


def test_the_joint_step_says_that_its_loss_comes_first(names):
    untouched = answer("negative-sampling-loss/wrong/untouched.py", names, "loss_func")
    joint_step = answer("joint-step/right/as_taught.py", names | {"loss_func": untouched}, "joint_step")
    with pytest.raises(Wrong, match=r"`\.\.\.` still stands .* complete that exercise first"):
        checks.joint_step(joint_step)


def test_checks_leave_the_random_numbers_of_the_notebook_as_they_were(names):
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    checks.tuple_batch_piece_text(
        answer("tuple-batch-piece-text/right/numpy_choice.py", names, "tuple_batch_piece_text")
    )
    checks.text_item(names["TextItem"])
    checks.joint_step(answer("joint-step/right/as_taught.py", names, "joint_step"))
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before


GIVEN = torch.tensor([1.0, -1.0, 2.0])
HERE = {
    "added": lambda given: given + torch.ones(3),
    "stacked": lambda given: torch.stack([given, torch.zeros(3)]),
    "looked up": lambda given: F.embedding(torch.tensor([0]), given[:, None]),
    "only its type moved": lambda given: given * torch.arange(3).to(torch.float),
    "selected from": lambda given: torch.ones(3)[given > 0],
}
THERE = {
    "made there": lambda given: given + torch.ones(3, device=given.device),
    "made alike": lambda given: given + torch.ones_like(given),
    "moved there": lambda given: given + torch.ones(3).to(given.device),
    "moved to a tensor": lambda given: given + torch.arange(3).to(given),
    "a number": lambda given: given * torch.tensor(2.0),
    "an index": lambda given: given[torch.tensor([0, 2])],
    "a value": lambda given: given.clone().__setitem__(slice(2), torch.ones(2)),
    "only its shape read": lambda given: torch.ones(3).view_as(given).to(given.device) + given,
}


@pytest.mark.parametrize("make", HERE.values(), ids=HERE)
def test_elsewhere_refuses_what_would_fail_on_a_gpu(make):
    with (
        pytest.raises(Wrong, match=r"`f` makes a tensor on a fixed device.*\n.*`device=x\.device`"),
        elsewhere("f", "x.device"),
    ):
        make(GIVEN)


@pytest.mark.parametrize("make", THERE.values(), ids=THERE)
def test_elsewhere_lets_pass_what_works_on_a_gpu(make):
    with elsewhere("f", "x.device"):
        make(GIVEN)
