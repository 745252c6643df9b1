"""The training loop: what it reports, keeps and shows."""

import io
import math

import nbformat
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from authoring.notebooks import execute
from benchmarks.notebook_models import rating_models
from helpers.batches import make_loader
from helpers.progress import progress
from helpers.training import History, TrainingDivergedError, evaluate, fit, run_epoch


class Slope(nn.Module):
    """y = w x, with one weight: small enough to follow by hand."""

    def __init__(self, start=0.0):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([start]))

    def forward(self, x):
        return self.w * x


def step(model, batch):
    x, y = batch
    mse = F.mse_loss(model(x), y)
    return mse, mse


def slope_loader(slope, nb_points=6, batch_size=4):
    x = torch.linspace(1, 2, nb_points)
    return make_loader((x, slope * x), batch_size)


def test_the_error_is_a_mean_per_review_although_the_last_batch_is_smaller():
    x, y = torch.ones(5), torch.tensor([1.0, 1.0, 1.0, 1.0, 6.0])
    assert evaluate(Slope(), step, make_loader((x, y), batch_size=4)) == pytest.approx((4 * 1 + 36) / 5)


def test_without_an_optimizer_nothing_is_learned_and_no_gradient_is_built():
    model = Slope()
    run_epoch(model, step, slope_loader(2.0))
    assert model.w.grad is None
    assert model.w.item() == 0
    assert not model.training


def test_fit_learns():
    model = Slope()
    history = fit(model, step, slope_loader(2.0), slope_loader(2.0), epochs=60, lr=0.1, patience=60)
    assert model.w.item() == pytest.approx(2.0, abs=0.05)
    assert len(history.train) == len(history.val) == 60
    assert history.seconds > 0


def test_fit_stops_early_and_keeps_the_best_epoch():
    """Training pulls w to 2, validation wants 1: the best epoch is the one that passes nearest to 1."""
    model = Slope()
    val = slope_loader(1.0)
    history = fit(model, step, slope_loader(2.0), val, epochs=100, lr=0.1, patience=3)
    assert len(history.val) == history.best_epoch + 1 + 3 < 100
    assert evaluate(model, step, val) == min(history.val)
    assert model.w.item() == pytest.approx(1.0, abs=0.2)


def test_divergence_is_said_with_the_epoch_and_a_remedy():
    with pytest.raises(TrainingDivergedError, match=r"in epoch 1.*smaller learning rate than 1e\+30"):
        fit(Slope(), step, slope_loader(2.0), slope_loader(2.0), lr=1e30)


def test_a_loss_that_becomes_nan_later_is_said_too():
    epochs = iter([1.0] * 5 + [math.nan])  # two batches an epoch

    def fragile(model, batch):
        loss, error = step(model, batch)
        return loss, error * (next(epochs) if model.training else 1.0)

    with pytest.raises(TrainingDivergedError, match="in epoch 3"):
        fit(Slope(), fragile, slope_loader(2.0), slope_loader(2.0))


def test_the_same_seed_gives_the_same_numbers():
    def history():
        torch.manual_seed(3)
        x = torch.randn(100)
        return fit(
            Slope(), step, make_loader((x, 2 * x), 8, shuffle=True, seed=1), make_loader((x, 2 * x), 8), epochs=4
        )

    first, second = history(), history()
    assert (first.train, first.val) == (second.train, second.val)


def test_the_number_of_threads_does_not_change_the_errors():
    """KorenMF of notebook 2 on random ratings, trained on one and on two threads: the same errors within .01."""
    models = rating_models()  # whose set-up cell sets the number of threads; hence the numbers are set after it
    users, items = torch.randint(500, (8_000,)), torch.randint(200, (8_000,))
    batch = users, items, torch.empty(8_000, 0), (3 + torch.randn(500)[users] + torch.randn(8_000)).clamp(1, 5)
    before, reached = torch.get_num_threads(), {}
    for threads in (1, 2):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        koren = models["KorenMF"](500, 200, latent_size=16)
        history = fit(
            koren, models["mf_step"], make_loader(batch, 1024, shuffle=True), make_loader(batch, 1024), epochs=8
        )
        reached[threads] = history.train + history.val
    torch.set_num_threads(before)
    assert reached[1] == pytest.approx(reached[2], abs=0.01)


def test_the_summary_says_few_decimals_and_that_the_epoch_is_of_this_run():
    history = History(train=[1.3, 0.9871, 0.9], val=[1.2, 1.1449, 1.2])
    said = "best epoch 2 of 3 in this run: training error about 1.0, validation error about 1.14"
    assert history.summary() == said


def test_the_row_of_results_is_the_epoch_that_was_kept():
    history = History(train=[1.3, 0.9, 0.8], val=[1.2, 1.1, 1.2], seconds=3.0)
    assert history.reached() == {"train": 0.9, "val": 1.1, "seconds": 3.0}


def test_an_epoch_needs_no_more_of_a_loader_than_one_pass():
    model, batches = Slope(), iter([(torch.ones(2), torch.ones(2)), (torch.ones(1), torch.zeros(1))])
    assert run_epoch(model, step, batches) == pytest.approx(2 / 3)


def test_gradients_that_another_loop_left_behind_do_not_count():
    clean, left_over = Slope(), Slope()
    left_over.w.grad = torch.tensor([100.0])
    for model in (clean, left_over):
        run_epoch(model, step, slope_loader(2.0), torch.optim.SGD(model.parameters(), lr=0.1))
    assert left_over.w.item() == clean.w.item()


@pytest.mark.parametrize("name", ["ClassicMF", "KorenMF"])
def test_the_models_and_their_step_make_no_tensor_on_a_fixed_device(name):
    """On `meta`, a tensor made on the CPU would not fit the others."""
    models = rating_models()
    ids = torch.zeros(4, dtype=torch.long, device="meta")
    model = models[name](5, 5, latent_size=2).to("meta")
    loss, error = models["mf_step"](model, (ids, ids, None, torch.ones(4, device="meta")))
    assert loss.device.type == error.device.type == "meta"


def test_a_shuffled_loader_draws_every_row_once_in_a_new_order_each_epoch():
    loader = make_loader((torch.arange(10), torch.arange(10) * 2), batch_size=4, shuffle=True)
    epochs = [list(loader) for _ in range(2)]
    orders = [torch.cat([x for x, _ in epoch]).tolist() for epoch in epochs]
    assert [len(x) for x, _ in epochs[0]] == [4, 4, 2]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    assert orders[0] != orders[1]
    assert all(torch.equal(2 * x, y) for x, y in epochs[0])


def test_in_a_terminal_the_bar_wipes_itself(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    assert list(progress(3)) == [0, 1, 2]
    assert "epoch 0 of 3" in terminal.getvalue()
    assert terminal.getvalue().rstrip("\r").rsplit("\r", 1)[-1].strip() == ""


def test_a_log_is_spared_the_bar(capsys):
    assert list(progress(3)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def outputs_of(source):
    """Run one cell in a kernel, and return its outputs as they stand in the notebook, before any tidying."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    return execute(notebook, allow_errors=True).cells[0].outputs


def test_in_a_notebook_the_bar_moves_in_one_display_and_leaves_nothing_behind():
    """Only the text printed beside it stays; the display it moved in is there, empty."""
    setting = "import time\nfrom helpers.progress import progress\nfor n in progress(3):\n    time.sleep(0.2)\n"
    bar, text = outputs_of(setting + "print('done')")
    assert (bar.output_type, dict(bar.data)) == ("display_data", {})
    assert text.text == "done\n"


def test_a_loop_that_fails_takes_its_bar_away_too():
    bar, error = outputs_of("from helpers.progress import progress\nfor n in progress(3):\n    1 / 0")
    assert dict(bar.data) == {}
    assert error.ename == "ZeroDivisionError"
