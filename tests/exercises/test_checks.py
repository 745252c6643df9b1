"""The checks of notebooks 1 and 2, beyond what the bank of answers asks of them."""

import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from exercises import checks
from exercises.kit import small_data
from exercises.kit.given.refusals import Wrong
from helpers.reviews import Reviews
from tests.kit import answer_bank
from tests.kit.answer_bank import bank_answer, hand_in, run_answer, set_up, solution

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


@pytest.fixture(scope="module")
def names():
    """What notebook 2 offers before it trains KorenMF."""
    return set_up("koren-fit")


@pytest.fixture
def train_koren():
    """The solution's, in a notebook of its own."""
    return run_answer("koren-fit", solution("koren-fit"))["train_koren"]


@pytest.fixture
def koren(train_koren):
    """A trained KorenMF."""
    return train_koren()[0]


def test_a_check_leaves_the_random_numbers_of_the_notebook_as_they_were():
    def row_dot(a, b):
        assert random.random() + np.random.rand() + torch.rand(1).item() > 0
        return (a * b).sum(dim=1)

    def wrong_row_dot(a, b):
        return row_dot(a, b) + 1

    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    checks.row_dot(row_dot)
    with pytest.raises(Wrong):
        checks.row_dot(wrong_row_dot)
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before


def test_the_check_of_a_class_leaves_the_random_numbers_as_they_were(names):
    before = torch.get_rng_state()
    checks.koren_mf(names["KorenMF"])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_check_gives_the_same_verdict_each_time():
    verdicts = {hand_in("row-dot", bank_answer("row-dot", "wrong/changes_its_argument")).refusal for _ in range(3)}
    assert len(verdicts) == 1


def test_a_check_works_where_the_notebook_switched_gradients_off(names, capsys):
    with torch.no_grad():
        checks.classic_mf(names["ClassicMF"])
    assert "✓" in capsys.readouterr().out


def test_the_check_of_a_trained_model_leaves_it_as_it_was(koren, names, train_koren):
    koren.train()
    before = {name: weight.clone() for name, weight in koren.state_dict().items()}
    checks.koren_fit(koren, names["data"], names["baselines"], train_koren)
    assert koren.training
    assert all(torch.equal(weight, before[name]) for name, weight in koren.state_dict().items())
    assert all(weight.requires_grad for weight in koren.parameters())


def test_the_check_of_a_trained_model_measures_it_and_reads_no_history(names, train_koren):
    untrained = names["KorenMF"](names["nb_users"], names["nb_items"], 16)
    untrained.history = SimpleNamespace(val=[0.1])
    with pytest.raises(Wrong, match=r"validation error of `koren` is \d\.\d+, not below that of ClassicMF"):
        checks.koren_fit(untrained, names["data"], names["baselines"], train_koren)


def data_without_anything_to_learn(kind, count):
    """Return ratings of which no model can foretell any, as `draw_ratings` returns those that one can."""
    rng, nb_users, nb_items = np.random.default_rng(1), 12, 8

    def draw(count):
        users, items = rng.integers(nb_users, size=count), rng.integers(nb_items, size=count)
        ratings = np.full(count, 4.0) if kind == "constant" else rng.integers(1, 6, count).astype(float)
        return Reviews(users, items, ratings, [], np.zeros(count + 1))

    train, val, test = draw(count), draw(count // 8), draw(count // 8)
    if kind == "twice":  # what is held out stands in the training reviews, too
        val = Reviews(*(column[: count // 8] for column in (train.users, train.items, train.ratings)), [], val.offsets)
    mean = float(train.ratings.mean())
    return SimpleNamespace(nb_users=nb_users, nb_items=nb_items, train=train, val=val, test=test, mean=mean)


@pytest.mark.parametrize("kind", ["chance", "constant", "twice"])
@pytest.mark.parametrize("count", [56, 400])
def test_on_data_with_nothing_to_learn_a_right_training_is_accepted_and_no_other(
    kind, count, names, capsys, monkeypatch
):
    data = data_without_anything_to_learn(kind, count)
    monkeypatch.setattr(small_data, "draw_ratings", lambda: data)
    monkeypatch.setattr(small_data, "NB_USERS", data.nb_users)
    monkeypatch.setattr(small_data, "NB_ITEMS", data.nb_items)
    here = small_data.after_classic(names["ClassicMF"], names["mf_step"])

    def check(answer):
        mine = run_answer("koren-fit", bank_answer("koren-fit", answer), **here)
        koren, _ = mine["train_koren"]()
        checks.koren_fit(koren, data, here["baselines"], mine["train_koren"])

    check("right/as_taught")
    said = capsys.readouterr().out
    assert "✓ Exercise 2.4: 1 point." in said
    assert f"these {count // 8} validation reviews cannot show" in said
    for answer in ("wrong/built_but_not_fitted", "wrong/validates_on_test", "wrong/mean_left_at_0"):
        with pytest.raises(Wrong):
            check(answer)


def test_a_model_good_enough_for_the_mean_but_not_for_classic_mf_is_told_which(names, train_koren):
    untrained = names["KorenMF"](names["nb_users"], names["nb_items"], 16)
    torch.nn.init.constant_(untrained.gmean, names["train_mean"])
    with pytest.raises(Wrong, match=r"not below that of ClassicMF, 0\.\d+"):
        checks.koren_fit(untrained, names["data"], names["baselines"] | {"the mean": 9.0}, train_koren)


STEP = """
def profile_step(model, batch):
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    words, profile = word_penalty(model, reviews), profile_penalty(model, users, items)
    return mse + word_weight * words + profile_weight * profile, mse
"""


def test_a_check_gives_the_names_of_the_notebook_back_as_they_were(capsys):
    weight = torch.tensor(0.3)
    names = run_answer("profile-step", STEP, word_weight=weight)
    checks.profile_step(names["profile_step"])
    assert names["word_weight"] is weight
    assert "✓" in capsys.readouterr().out


def test_names_that_the_check_needs_and_the_notebook_lacks_are_named():
    names = run_answer("profile-step", STEP.replace("word_weight * words + profile_weight * profile", "0 * words"))
    del names["word_weight"]
    with pytest.raises(Wrong, match="the notebook has no `word_weight`: run the cell above"):
        checks.profile_step(names["profile_step"])


def test_an_answer_that_is_no_function_is_said_to_be_none():
    class profile_step:
        def __new__(cls, model, batch):
            return run_answer("profile-step", STEP)["profile_step"](model, batch)

    with pytest.raises(Wrong, match="a function is expected, written with `def`; found something of type type"):
        checks.profile_step(profile_step)


def test_the_check_of_training_leaves_the_order_of_batches_as_it_was(koren, names, train_koren):
    loader = names["train_loader"]
    before = loader.sampler.generator.get_state()
    checks.koren_fit(koren, names["data"], names["baselines"], train_koren)
    assert torch.equal(loader.sampler.generator.get_state(), before)
