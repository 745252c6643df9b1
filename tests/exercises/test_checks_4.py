"""The checks of notebook 4, beyond what the bank of answers asks of them."""

import itertools
import random
from importlib import import_module

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from exercises import checks
from exercises.kit.cosines import dots_and_cosines, log_sigmoid, points
from exercises.kit.given import fake_models
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.item_words import build, check_item_model, long_reviews, random_weights
from exercises.kit.modules import fill
from exercises.kit.specs import JOINT, TEXT_ITEM
from tests.kit import answer_bank
from tests.kit.answer_bank import bank_answer, run_answer, set_up

check_draws = import_module("exercises.tuple-batch-piece-text.check").check_draws
one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


@pytest.fixture(scope="module")
def TextItem():
    """The solution of Exercise 4.2."""
    return set_up("text-classic-mf")["TextItem"]


def answer(exercise, name, of, **other_names):
    """Return what the bank's answer, such as `right/as_taught`, defines as `of` where `other_names` are offered too."""
    return run_answer(exercise, bank_answer(exercise, name), **other_names)[of]


@pytest.mark.parametrize("seed", range(20))
def test_no_chance_refuses_right_draws(seed, TextItem):
    torch.manual_seed(seed)
    random.seed(seed)
    check_draws(answer("tuple-batch-piece-text", "right/as_taught", "tuple_batch_piece_text"))
    check_item_model(TextItem, TEXT_ITEM)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draws", ["last_word_never_drawn", "last_word_twice_as_often", "one_fake_for_each_review"])
def test_no_chance_accepts_wrong_draws(seed, draws):
    torch.manual_seed(seed)
    with pytest.raises(Wrong, match=r"of 3600 fake words|not drawn one by one"):
        check_item_model(answer("text-item", f"wrong/{draws}", "TextItem"), TEXT_ITEM)


@pytest.mark.parametrize(("spec", "exercise"), [(TEXT_ITEM, "text-item"), (JOINT, "text-classic-mf")])
def test_every_pair_of_item_and_word_tells_which_fake_was_drawn(spec, exercise):
    model = build(answer(exercise, "right/as_taught", spec.name), spec, 3, 4)
    fill(model, random_weights(model, spec))
    cosines = dots_and_cosines(points(model, spec, long_reviews().items), model.text_emb.weight.detach())[1]
    terms = log_sigmoid(-cosines)[:, 1:].flatten().sort().values
    assert terms.diff().min() > 1e-4  # without padding, whose cosine is 0 with any item
    assert (terms - log_sigmoid(torch.zeros(1))).abs().min() > 1e-4


@pytest.mark.parametrize("nb_words", [3, 9, 10, 30_000])
@pytest.mark.parametrize("kind", [list, lambda words: dict(enumerate(words))])
def test_an_item_is_described_with_any_vocabulary(nb_words, kind, capsys):
    dictionary = kind(["pad", "unk", *(f"w{n}" for n in range(nb_words))])
    describe_item = answer("describe-item", "right/as_taught", "describe_item", inv_word_dic=dictionary)
    checks.describe_item(describe_item, dictionary)
    assert "✓" in capsys.readouterr().out


def test_a_word_of_the_reviews_may_be_spelt_like_the_padding(capsys):
    dictionary = ["pad", "unk", *(f"w{n}" for n in range(9)), "pad", "unk"]
    describe_item = answer("describe-item", "right/as_taught", "describe_item", inv_word_dic=dictionary)
    checks.describe_item(describe_item, dictionary)
    assert "✓" in capsys.readouterr().out


def test_the_joint_model_says_that_the_text_model_comes_first():
    untouched = answer("text-item", "wrong/layers_done_comparison_untouched", "TextItem")
    joint = answer("text-classic-mf", "right/as_taught", "TextClassicMF", TextItem=untouched)
    with pytest.raises(StillToDo, match=r"Exercise 4\.5 is still to do: .* \(or in Exercise 4\.2"):
        checks.text_classic_mf(joint)


def test_the_joint_step_says_that_its_loss_comes_first():
    untouched = answer("negative-sampling-loss", "wrong/untouched", "loss_func")
    joint_step = answer("joint-step", "right/as_taught", "joint_step", loss_func=untouched)
    with pytest.raises(Wrong, match=r"`\.\.\.` still stands .* complete that exercise first"):
        checks.joint_step(joint_step)


def test_checks_leave_the_random_numbers_of_the_notebook_as_they_were(TextItem):
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    checks.tuple_batch_piece_text(answer("tuple-batch-piece-text", "right/numpy_choice", "tuple_batch_piece_text"))
    checks.text_item(TextItem)
    checks.joint_step(answer("joint-step", "right/as_taught", "joint_step"))
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
        on_fake_device("f", "x.device"),
    ):
        make(GIVEN)


@pytest.mark.parametrize("make", THERE.values(), ids=THERE)
def test_elsewhere_lets_pass_what_works_on_a_gpu(make):
    with on_fake_device("f", "x.device"):
        make(GIVEN)


def test_where_few_words_are_near_those_that_are_nearest_are_no_chance_either():
    angles = sorted(abs(word - fake_models.USERS[0] - fake_models.ITEMS[0]) for word in fake_models.MOSTLY_AWAY)
    assert min(after - before for before, after in itertools.pairwise(angles)) >= 0.5
    assert sum(angle < 90 for angle in angles) == 3
    assert angles[9] < 129  # the others are at 130 degrees and more


def test_whichever_item_is_asked_for_no_two_words_are_equally_near():
    for user, item in itertools.product(range(4), repeat=2):
        place = fake_models.USERS[user] + fake_models.ITEMS[item]
        angles = sorted(abs(word - place) for word in fake_models.NEAR)
        assert min(after - before for before, after in itertools.pairwise(angles)) >= 0.5
