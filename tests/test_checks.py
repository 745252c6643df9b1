"""The checks of notebooks 1 and 2, held against the bank of students' answers."""

import random
from types import SimpleNamespace

import answer_bank
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from answer_bank import ANSWERS, VERDICTS, answers, exercise_of, notebook_names, run_cell

from helpers import checks
from helpers.batches import rating_loaders
from helpers.checks import Wrong
from helpers.errors import PlainError
from helpers.reviews import Reviews
from helpers.training import fit

CELLS = {  # what stands under each exercise
    "row-dot": ["checks.row_dot(row_dot)"],
    "classic-mf": ["checks.classic_mf(ClassicMF)"],
    "koren-mf": ["checks.koren_mf(KorenMF)"],
    "koren-fit": ["koren, koren_history = train_koren()", "checks.koren_fit(koren, data, errors)"],
}

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)


def set_up(exercise, koren_set_up):
    """Return the names that a notebook offers before the exercise."""
    return notebook_names(**(koren_set_up if exercise == "koren-fit" else {}))


def hand_in(file, koren_set_up):
    """Run the cells of an exercise with the answer in `file`, and return the names they leave behind."""
    exercise = exercise_of(file)
    return answer_bank.hand_in(file, set_up(exercise, koren_set_up), *CELLS[exercise])


def shown(file, koren_set_up):
    """Return what the student reads: the check's verdict, or an error of the cell that trains `koren`."""
    exercise = exercise_of(file)
    errors = (PlainError, TypeError, AttributeError, RuntimeError) if exercise == "koren-fit" else VERDICTS
    return answer_bank.shown(file, set_up(exercise, koren_set_up), *CELLS[exercise], errors=errors)


def mf_step(model, batch):
    """The step of notebook 2."""
    users, items, _, ratings = batch
    out, *looked_up, _ = model(users, items)
    mse = F.mse_loss(out, ratings)
    return mse + 0.2 * sum(rows.square().sum() for rows in looked_up) / len(ratings), mse


@pytest.fixture(scope="module")
def koren_set_up():
    """Ratings of 60 users and 40 items in which biases explain a good half, and ClassicMF trained on them."""
    rng = np.random.default_rng(0)
    nb_users, nb_items = 60, 40
    user_biases, item_biases = rng.normal(0, 0.6, nb_users), rng.normal(0, 0.6, nb_items)

    def draw(count):
        users, items = rng.integers(nb_users, size=count), rng.integers(nb_items, size=count)
        ratings = 4 + user_biases[users] + item_biases[items] + rng.normal(0, 0.7, count)
        return Reviews(users, items, ratings, [], np.zeros(count + 1))

    data = SimpleNamespace(nb_users=nb_users, nb_items=nb_items, train=draw(1200), val=draw(300), test=draw(300))
    data.mean = float(data.train.ratings.mean())
    train_loader, val_loader, test_loader = rating_loaders(data, batch_size=300)
    names = {"nb_users": nb_users, "nb_items": nb_items, "data": data, "train_mean": data.mean, "fit": fit}
    names |= {"mf_step": mf_step, "train_loader": train_loader, "val_loader": val_loader, "test_loader": test_loader}
    for exercise, model in [("classic-mf", "ClassicMF"), ("koren-mf", "KorenMF")]:
        given = set_up(exercise, {})
        run_cell((ANSWERS / exercise / "right" / "as_taught.py").read_text(encoding="utf-8"), given)
        names[model] = given[model]
    torch.manual_seed(0)
    classic = names["ClassicMF"](nb_users, nb_items, latent_size=16)
    classic.mean.data.fill_(data.mean)
    history = fit(classic, mf_step, train_loader, val_loader)
    names["errors"] = {"ClassicMF": min(history.val), "the mean": float(((data.val.ratings - data.mean) ** 2).mean())}
    return names


@pytest.mark.parametrize("exercise", CELLS)
def test_the_bank_is_large_enough_to_mean_something(exercise):
    answer_bank.expect_a_large_bank(exercise)


@pytest.mark.parametrize("file", answers("right", CELLS))
def test_a_right_answer_gets_its_points_in_one_line(file, koren_set_up, capsys):
    hand_in(file, koren_set_up)
    answer_bank.expect_points(capsys.readouterr().out)


@pytest.mark.parametrize("file", answers("wrong", CELLS))
def test_a_wrong_answer_is_told_what_is_wrong(file, koren_set_up, capsys):
    answer_bank.expect_feedback(file, shown(file, koren_set_up), capsys.readouterr().out)


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


def test_the_check_of_a_class_leaves_the_random_numbers_as_they_were(koren_set_up):
    before = torch.get_rng_state()
    checks.koren_mf(koren_set_up["KorenMF"])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_check_gives_the_same_verdict_each_time(koren_set_up):
    verdicts = {shown(ANSWERS / "row-dot" / "wrong" / "changes_its_argument.py", koren_set_up) for _ in range(3)}
    assert len(verdicts) == 1


def test_a_check_works_where_the_notebook_switched_gradients_off(koren_set_up, capsys):
    with torch.no_grad():
        checks.classic_mf(koren_set_up["ClassicMF"])
    assert "✓" in capsys.readouterr().out


def test_the_check_of_a_trained_model_leaves_it_as_it_was(koren_set_up):
    koren = hand_in(ANSWERS / "koren-fit" / "right" / "as_taught.py", koren_set_up)["koren"].train()
    before = {name: weight.clone() for name, weight in koren.state_dict().items()}
    checks.koren_fit(koren, koren_set_up["data"], koren_set_up["errors"])
    assert koren.training
    assert all(torch.equal(weight, before[name]) for name, weight in koren.state_dict().items())
    assert all(weight.requires_grad for weight in koren.parameters())


def test_the_check_of_a_trained_model_measures_it_and_reads_no_history(koren_set_up):
    names = koren_set_up
    untrained = names["KorenMF"](names["nb_users"], names["nb_items"], 16)
    untrained.history = SimpleNamespace(val=[0.1])
    with pytest.raises(Wrong, match=r"validation error of `koren` is \d\.\d+, not below that of ClassicMF"):
        checks.koren_fit(untrained, names["data"], names["errors"])


def test_a_model_good_enough_for_the_mean_but_not_for_classic_mf_is_told_which(koren_set_up):
    koren = hand_in(ANSWERS / "koren-fit" / "right" / "as_taught.py", koren_set_up)["koren"]
    with pytest.raises(Wrong, match=r"not below that of ClassicMF, 0\.010"):
        checks.koren_fit(koren, koren_set_up["data"], {"the mean": 9.0, "ClassicMF": 0.01})
