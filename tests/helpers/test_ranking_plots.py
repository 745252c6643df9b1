"""The figures of lists: each is drawn for real, without a warning, and asked what it shows."""

import warnings
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from helpers import plotting
from helpers.plotting import ranking


@pytest.fixture(autouse=True)
def style():
    """The session's style, any warning an error, and no figure left open."""
    plt.switch_backend("agg")
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.use_style()
        yield
    plt.close("all")


@pytest.fixture
def said(monkeypatch):
    """What the figures say to readers who do not see them."""
    texts = []
    monkeypatch.setattr(ranking, "show", texts.append)
    return texts


def axes():
    plt.gcf().canvas.draw()
    return plt.gcf().axes


def history(train, val):
    return SimpleNamespace(train=train, val=val, best_epoch=int(np.argmin(val)))


def test_the_curves_of_pairs_have_the_popular_list_and_the_perfect_recommender_as_lines(said):
    plotting.pair_curves(history([0.3, 0.2, 0.1], [0.25, 0.2, 0.21]), 0.23, 0.11)
    [ax] = axes()
    levels = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]
    assert levels == [0.23, 0.11]
    assert "about 0.20 (in this run after epoch 2 of 3" in said[0]
    assert "the popular list, about 0.23; the perfect recommender: nobody can do better, about 0.11" in said[0]


@pytest.mark.parametrize("epochs", [1, 2, 60])
def test_the_curves_need_no_perfect_recommender_and_any_number_of_epochs(epochs, said):
    plotting.pair_curves(history([0.3] * epochs, [0.25] * epochs), 0.23)
    assert axes()
    assert "perfect" not in said[0]


def test_a_training_that_has_not_begun_cannot_be_drawn():
    with pytest.raises(ValueError, match="train before you draw"):
        plotting.pair_curves(SimpleNamespace(train=[], val=[], best_epoch=0), 0.2)
    with pytest.raises(ValueError, match="recalls holds no model"):
        plotting.compare_lists({}, 0.1)


def test_a_model_of_several_seeds_has_a_dot_for_each_and_their_mean(said):
    plotting.compare_lists({"KorenMF": 0.01, "BPR": [0.15, 0.17]}, 0.11, 0.24)
    [ax] = axes()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["KorenMF", "BPR"]
    assert [list(line.get_xdata()) for line in ax.lines[:2]] == [[0.01], [0.15, 0.17]]
    assert "BPR about 0.16" in said[0]


def test_whom_it_serves_has_a_panel_for_each_question(said):
    groups = [("1 to 5", 0.1, 300), ("6 or more", 0.2, 12)]
    plotting.served({"reviews of the user": {"BPR": groups}, "reviews of the item": {"BPR": groups[:1]}})
    first, second = axes()
    assert [label.get_text() for label in first.get_xticklabels()] == ["1 to 5\n(300)", "6 or more\n(12)"]
    assert len(second.get_xticklabels()) == 1
    assert "0.20 of 12 reviews for 6 or more" in said[0]


def test_what_is_shown_is_counted_from_the_most_popular_on(said):
    lists = {"popular": torch.tensor([[0, 1], [0, 1]]), "short": torch.tensor([[3, -1], [-1, -1]])}
    plotting.shown_by_popularity(lists, torch.tensor([9, 5, 2, 1]))
    [ax] = axes()
    assert list(ax.lines[1].get_ydata()) == [0.5, 1, 1, 1]
    assert list(ax.lines[2].get_ydata()) == [0, 0, 0, 1]
    assert "popular takes 50% of what it shows from the most popular tenth" in said[0]
