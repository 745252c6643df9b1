"""Every figure is drawn for real, without a warning, and asked what it shows."""

import subprocess
import sys
import warnings
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.text import Text
from torch import nn
from torch.nn.functional import logsigmoid

from helpers import plotting
from helpers.plotting.training import _apart


@pytest.fixture(autouse=True)
def style():
    """The session's style, any warning an error, and no figure left open."""
    plt.switch_backend("agg")
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.use_style()
        yield
    plt.close("all")


def drawn():
    """The axes of the one figure that was drawn; rendering it would raise any warning left."""
    assert len(plt.get_fignums()) == 1
    plt.gcf().canvas.draw()
    return plt.gcf().axes


def texts(ax):
    return [text.get_text().replace("\n", " ") for text in ax.texts]


def box_of(text):
    return Text.get_window_extent(text)  # without the arrow that an annotation may have


def boxes_overlap(texts):
    boxes = [box_of(text) for text in texts]
    return any(box.overlaps(other) for k, box in enumerate(boxes) for other in boxes[:k])


def history(train, val, best_epoch=0):
    return SimpleNamespace(train=train, val=val, best_epoch=best_epoch)


def test_ratings_writes_the_share_on_each_bar_and_marks_the_mean():
    plotting.ratings(torch.tensor([5.0, 5.0, 4.0, 1.0]))
    (ax,) = drawn()
    assert [bar.get_height() for bar in ax.patches] == [25, 0, 0, 25, 50]
    assert texts(ax) == ["25.0 %", "0.0 %", "0.0 %", "25.0 %", "50.0 %", "mean 3.75"]
    assert ax.lines[0].get_xdata()[0] == 3.75


def test_ratings_refuses_what_is_not_a_rating():
    with pytest.raises(ValueError, match=r"1, 2, 3, 4 or 5, but 0\.5 is among them"):
        plotting.ratings([5, 0.5])


def test_long_tail_ranks_the_reviews_of_each_user_and_item():
    plotting.long_tail(users=[7, 7, 7, 2, 2, 9], items=["b", "a", "a", "a", "a", "b"])
    users, items = drawn()
    assert users.lines[0].get_ydata().tolist() == [3, 2, 1]
    assert items.lines[0].get_ydata().tolist() == [4, 2]
    assert [users.get_title(loc="left"), items.get_title(loc="left")] == ["3 users", "2 items"]
    assert texts(users) == ["the median user wrote 2 reviews"]
    assert texts(items) == ["the median item received 3 reviews"]
    assert users.get_ylim() == items.get_ylim()
    assert users.get_ylim()[1] > 4, "the item with most reviews is in view"


def test_long_tail_without_a_tail_is_two_flat_lines_in_view():
    plotting.long_tail(users=[n % 6 for n in range(60)], items=[n % 4 for n in range(60)])
    for ax, count in zip(drawn(), (10, 15), strict=True):
        assert set(ax.lines[0].get_ydata()) == {count}
        assert ax.get_ylim()[0] < count < ax.get_ylim()[1]


def test_review_lengths_marks_the_median_and_the_longest_hundredth():
    plotting.review_lengths([20] * 50 + [60] * 100 + [500] * 2)
    (ax,) = drawn()
    assert sum(bar.get_height() for bar in ax.patches) == 152
    assert [line.get_xdata()[0] for line in ax.lines] == [60, 500]
    assert texts(ax) == ["median 60 words", "99th percentile 500 words"]
    assert (ax.get_xscale(), boxes_overlap(ax.texts)) == ("log", False)


def test_review_lengths_has_no_bin_that_no_whole_number_falls_into():
    plotting.review_lengths(range(1, 2001))
    (ax,) = drawn()
    heights = [bar.get_height() for bar in ax.patches]
    assert (min(heights) >= 1, sum(heights)) == (True, 2000)


def test_review_lengths_says_how_many_reviews_have_no_word():
    plotting.review_lengths(torch.tensor([0, 0, 0, 3]))
    (ax,) = drawn()
    assert texts(ax) == ["median 3 words", "99th percentile 3 words", "left out: 3 without a word"]
    assert not boxes_overlap(ax.texts)
    with pytest.raises(ValueError, match="no number above 0"):
        plotting.review_lengths([0, 0])


def test_learning_curves_draws_two_lines_a_model_and_names_every_line():
    models = {
        "ClassicMF": history([1.3, 1.1, 0.9], [1.30, 1.24, 1.26], best_epoch=1),
        "KorenMF": history([1.2, 0.9, 0.7], [1.20, 1.15, 1.09], best_epoch=2),
    }
    plotting.learning_curves(models, mean=1.25, noise_floor=0.84, classic=1.24)
    (ax,) = drawn()
    train, val = ax.lines[:2]
    assert (train.get_linestyle(), val.get_linestyle()) == ("--", "-")
    assert val.get_xdata().tolist() == [1, 2, 3]
    assert val.get_markevery() == [1]
    assert len(ax.lines) == 2 * 2 + 3
    assert texts(ax)[1:] == [
        "ClassicMF, best about 1.24",
        "KorenMF, best about 1.09",
        plotting.MEAN,
        plotting.FLOOR,
        plotting.CLASSIC,
    ]
    assert not boxes_overlap(ax.texts)


def test_learning_curves_keeps_the_end_readable_when_the_first_epoch_is_far_above():
    plotting.learning_curves({"ClassicMF": history([9, 1.2, 1.0], [8, 1.3, 1.24], best_epoch=2)}, mean=1.25)
    (ax,) = drawn()
    low, high = ax.get_ylim()
    assert low < 1.0
    assert high == pytest.approx(1.15 * 1.25)
    assert "errors up to 9 lie above this view" in texts(ax)


def test_learning_curves_shows_as_much_as_it_is_asked_to():
    plotting.learning_curves({"ClassicMF": history([9, 1.2], [8, 1.3], best_epoch=1)}, mean=1.25, top=10)
    (ax,) = drawn()
    assert ax.get_ylim()[1] == 10
    assert not any("above this view" in text for text in texts(ax))


def test_learning_curves_of_a_single_epoch_are_two_markers():
    plotting.learning_curves({"ClassicMF": history([1.3], [1.2])})
    (ax,) = drawn()
    train, val = ax.lines
    assert (train.get_markevery(), val.get_markevery()) == ([0], [0])
    assert (to_hex(train.get_markerfacecolor()), to_hex(val.get_markerfacecolor())) == ("#ffffff", "#0072b2")
    assert [tick for tick in ax.get_xticks() if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]] == [1]


def test_learning_curves_survive_a_training_that_diverges_on_the_way():
    plotting.learning_curves({"wild": history([1.3, np.inf, np.nan], [1.2, 9, np.nan])}, mean=1.25)
    (ax,) = drawn()
    assert "wild, best about 1.20" in texts(ax)


def test_learning_curves_ask_for_an_epoch():
    with pytest.raises(ValueError, match="at least one epoch of every model"):
        plotting.learning_curves({"untrained": history([], [])})


def test_learning_curves_refuse_errors_none_of_which_is_a_number():
    with pytest.raises(ValueError, match="training diverged"):
        plotting.learning_curves({"wild": history([np.nan], [np.nan])})


def test_labels_stay_apart_and_below_the_top():
    heights = np.array([0.2, 0.1, 0.2])
    places = _apart(np.array([0.95, 0.9, 0.1]), heights)
    assert places.tolist() == pytest.approx([0.9, 0.75, 0.1])


def test_compare_models_keeps_the_order_and_writes_each_error():
    plotting.compare_models({"KorenMF": 1.09, "ClassicMF": torch.tensor(1.24)}, 1.25, 0.84, label="test")
    (ax,) = drawn()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["KorenMF", "ClassicMF"]
    assert ax.yaxis_inverted(), "the first model is at the top"
    assert texts(ax) == [plotting.MEAN, plotting.FLOOR, "1.09", "1.24"]
    assert not boxes_overlap(ax.texts)
    assert [line.get_xdata()[0] for line in ax.lines[:2]] == [1.25, 0.84]
    assert "test" in ax.get_xlabel()


def test_compare_models_needs_no_reference():
    plotting.compare_models({"KorenMF": 1.09})
    (ax,) = drawn()
    assert texts(ax) == ["1.09"]


def test_compare_models_asks_for_a_model():
    with pytest.raises(ValueError, match="holds no model"):
        plotting.compare_models({})


def test_biases_takes_a_models_own_weights_and_centres_zero():
    plotting.biases(nn.Embedding(50, 1).weight, np.array([-3.5, 0.2]))
    users, items = drawn()
    assert sum(bar.get_height() for bar in users.patches) == 50
    assert sum(bar.get_height() for bar in items.patches) == 2
    low, high = items.get_xlim()
    assert low == pytest.approx(-high)
    assert users.get_xlim() == items.get_xlim()


def test_biases_that_are_all_zero_are_drawn_too():
    plotting.biases(np.zeros(3), np.zeros(2))
    assert len(drawn()) == 2


def test_item_map_names_items_without_covering_another_name():
    points = np.random.default_rng(0).normal(size=(300, 2))
    plotting.item_map(points, [f"a long name {k}" for k in range(300)], nb_labels=15)
    (ax,) = drawn()
    assert len(ax.texts) == 15
    assert not boxes_overlap(ax.texts)
    frame = ax.get_window_extent()
    assert all(frame.contains(*box.min) and frame.contains(*box.max) for box in map(box_of, ax.texts))


def test_item_map_names_the_items_asked_for():
    plotting.item_map(torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), ["tuner", "capo", "amp"], which=[2, 0])
    (ax,) = drawn()
    assert texts(ax) == ["amp", "tuner"]


def test_item_map_leaves_out_a_name_for_which_there_is_no_room():
    plotting.item_map(np.zeros((9, 2)), ["the same place"] * 9)
    (ax,) = drawn()
    assert 1 <= len(ax.texts) < 9
    assert not boxes_overlap(ax.texts)


def test_item_map_puts_zero_in_the_middle_of_the_colours():
    points = np.random.default_rng(0).normal(size=(40, 2))
    plotting.item_map(points, [""] * 40, values=np.linspace(-0.2, 1, 40), value_label="item bias (rating points)")
    ax, colour_bar = drawn()
    low, high = ax.collections[0].get_clim()
    assert low == -high
    assert colour_bar.get_ylabel() == "item bias (rating points)"


@pytest.mark.parametrize(
    ("points", "labels", "values", "message"),
    [
        (np.zeros((4, 3)), "abcd", None, r"shape \(N, 2\), one row per item, but has shape \(4, 3\)"),
        (np.zeros((4, 2)), "abc", None, "labels must hold one entry per point, 4, but holds 3"),
        (np.zeros((4, 2)), "abcd", [1, 2], "values must hold one entry per point, 4, but holds 2"),
        ([], "", None, "points is empty"),
    ],
)
def test_item_map_refuses_what_does_not_fit_together(points, labels, values, message):
    with pytest.raises(ValueError, match=message):
        plotting.item_map(points, labels, values)


def test_embedding_table_writes_every_weight():
    plotting.embedding_table(nn.Embedding.from_pretrained(torch.tensor([[0.5, -1.0], [2.0, 0.25]])).weight)
    (ax,) = drawn()
    assert texts(ax) == ["0.50", "-1.00", "2.00", "0.25", "embedding: (2, 2)", "id 0", "id 1"]


def test_embedding_table_shows_what_looking_up_returns():
    plotting.embedding_table(torch.tensor([[0.5, -1.0], [2.0, 0.25]]), rows=torch.tensor([1, 1, 0]))
    (ax,) = drawn()
    looked_up = texts(ax)[texts(ax).index("id 1") + 1 :]
    assert looked_up[:7] == ["2.00", "0.25", "2.00", "0.25", "0.50", "-1.00", "looked up: (3, 2)"]
    assert looked_up[7:10] == ["id 1", "id 1", "id 0"]


def test_embedding_table_refuses_more_than_can_be_read():
    with pytest.raises(ValueError, match=r"has shape \(5130, 16\): pass a few rows"):
        plotting.embedding_table(torch.zeros(5130, 16))


def test_embedding_table_refuses_an_id_it_does_not_hold():
    with pytest.raises(ValueError, match=r"ids from 0 to 4, but is \[1, 5\]"):
        plotting.embedding_table(torch.zeros(5, 2), rows=[1, 5])


def test_broadcast_of_a_column_and_a_row_is_a_table():
    plotting.broadcast((4, 1), (4,))
    (ax,) = drawn()
    shown = texts(ax)
    assert {"a: (4, 1)", "b: (4,)", "a − b: (4, 4)"} <= set(shown)
    assert shown.count("$a_{2}$") == shown.count("$b_{2}$") == 4
    assert sum("-" in text for text in shown) == 16
    assert "$a_{3}-b_{0}$" in shown
    assert sum(cell.get_hatch() is not None for cell in ax.patches) == 12 + 12, "all but a column, and all but a row"


def test_broadcast_copies_nothing_where_shapes_agree():
    plotting.broadcast((4,), (4,))
    (ax,) = drawn()
    assert "the shapes agree: nothing is copied" in texts(ax)
    assert not any(cell.get_hatch() for cell in ax.patches)


def test_broadcast_draws_each_shape_that_torch_accepts_and_no_other():
    for a, b in (((2, 3), ()), ((1, 6), (6, 1)), ((6, 6), (6,)), ((1,), (1,))):
        plotting.broadcast(a, b)
        (ax,) = drawn()
        assert f"a − b: {tuple((torch.zeros(a) - torch.zeros(b)).shape)}" in texts(ax)
        plt.close("all")
    with pytest.raises(ValueError, match="shape mismatch"):
        plotting.broadcast((4,), (3,))


@pytest.mark.parametrize("shape", [(7,), (2, 2, 2), (0, 3)])
def test_broadcast_refuses_shapes_that_make_no_small_picture(shape):
    with pytest.raises(ValueError, match="at most 2 dimensions of 1 to 6"):
        plotting.broadcast(shape, (1,))


def test_padding_shows_two_batches_at_one_scale_and_computes_the_share():
    shuffled, sorted_by_length = torch.tensor([[5, 3, 1], [4, 0, 0]]), torch.tensor([[5], [4]])
    plotting.padding([shuffled, sorted_by_length], ["in random order", "sorted by length"])
    left, right = drawn()
    assert left.collections[0].get_array().tolist() == [[2, 2, 1], [2, 0, 0]]
    assert [ax.get_title(loc="left") for ax in (left, right)] == [
        "in random order: 33 % padding",
        "sorted by length: 0 % padding",
    ]
    assert texts(left) == ["2 reviews × 3 = 6 cells"]
    assert left.get_xlim() == right.get_xlim() == (0.5, 3.5)
    assert left.yaxis_inverted(), "the first review is at the top"
    assert key_of_padding() == ["word", "unknown word", "padding"]


def test_padding_names_only_the_kinds_of_cells_that_there_are():
    plotting.padding([np.array([[7, 8], [9, 0]])], ["two reviews"])
    assert key_of_padding() == ["word", "padding"]


def test_padding_draws_very_long_reviews_as_an_image():
    whole = np.zeros((48, 100_000), dtype=np.int64)
    whole[0], whole[1:, :60] = 7, 1
    plotting.padding([whole, whole[:, :256]], ["whole", "cut"])
    left, right = drawn()
    assert left.images[0].get_array()[:2, [0, 59, 60]].tolist() == [[2, 2, 2], [1, 1, 0]]
    assert left.get_xlim() == right.get_xlim() == (0.5, 100_000.5)
    assert left.yaxis_inverted(), "the first review is at the top"
    assert left.xaxis.get_major_formatter()(20_000) == "20,000"


def key_of_padding():
    (legend,) = plt.gcf().legends
    return [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        (torch.ones(2, 3, dtype=torch.long), r"batches\[0\] must be word ids, .* but is int64 of shape \(3,\)"),
        ([torch.ones(2, 3)] * 2, "is float32 of shape"),
        ([np.array([[5, -1]])] * 2, "whole numbers from 0"),
        ([[[5, 0]]] * 3, "1 or 2 batches, a title for each, but got 3 and 2"),
        ([[[5, 0]]], "1 or 2 batches, a title for each, but got 1 and 2"),
    ],
)
def test_padding_refuses_what_is_not_one_or_two_batches(batches, message):
    with pytest.raises(ValueError, match=message):
        plotting.padding(batches, ["one", "two"])


def test_word_effects_shows_the_strongest_words_of_either_side():
    words, effects = ["great", "not", "the", "good", "bad", "money"], [0.9, -0.4, 0.01, 0.5, -0.7, -0.1]
    plotting.word_effects(words, torch.tensor(effects, requires_grad=True), nb=2)
    (ax,) = drawn()
    assert texts(ax) == ["bad", "not", "great", "good"]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([-0.7, -0.4, 0.9, 0.5])
    assert [text.get_horizontalalignment() for text in ax.texts] == ["right", "right", "left", "left"]
    assert "rating points" in ax.get_xlabel()
    assert ax.yaxis_inverted(), "the strongest are at the top"


def test_word_effects_draws_no_word_on_the_wrong_side():
    plotting.word_effects(["good", "fine", "so"], [0.5, 0.1, 0.0])
    (ax,) = drawn()
    assert texts(ax) == ["good", "fine"]


def test_word_effects_writes_any_word_as_it_stands_and_cuts_a_very_long_one():
    plotting.word_effects(["$$$", "sooooooooooooooooooooooooo"], [-0.3, 0.2])
    (ax,) = drawn()
    assert texts(ax) == ["$$$", "soooooooooooooooo…"]
    frame = plt.gcf().bbox
    assert all(frame.contains(*box.min) and frame.contains(*box.max) for box in map(box_of, ax.texts))


def test_words_in_letters_that_no_font_has_are_drawn_without_a_warning():
    plotting.word_effects(["很好", "बुरा", "ممتاز", "재미있다"], [-0.3, 0.2, 0.1, 0.4])
    (ax,) = drawn()
    assert texts(ax) == ["很好", "재미있다", "बुरा", "ممتاز"]


@pytest.mark.parametrize(
    ("words", "effects", "message"),
    [
        (["good"], [0.5, 0.1], "words must hold one text per effect, 2, but holds 1"),
        (["good", "bad"], [0.5, np.nan], "effects must hold finite numbers"),
        (["good", "bad"], [0.0, 0.0], "none has an effect"),
    ],
)
def test_word_effects_refuses_what_says_nothing(words, effects, message):
    with pytest.raises(ValueError, match=message):
        plotting.word_effects(words, effects)


def test_negative_sampling_loss_marks_where_it_starts_and_where_it_ends():
    plotting.negative_sampling_loss()
    (ax,) = drawn()
    real, fake, start, least = ax.lines
    c = torch.as_tensor(real.get_xdata())
    assert real.get_ydata() == pytest.approx(-logsigmoid(c).numpy())
    assert fake.get_ydata() == pytest.approx(-logsigmoid(-c).numpy())
    assert (real.get_linestyle(), fake.get_linestyle()) == ("-", "--")
    assert [*start.get_xdata(), *least.get_xdata()] == [0, -1, 1]
    assert any("0.693 + 0.693 = 1.386" in text for text in texts(ax))
    assert any("0.313 + 0.313 = 0.627" in text for text in texts(ax))
    assert not boxes_overlap(ax.texts)


def test_cosines_writes_both_medians():
    plotting.cosines(real=torch.tensor([0.5, 0.3, -0.1]), fake=torch.tensor([0.0, 0.1]))
    (ax,) = drawn()
    assert texts(ax) == [
        "fake: median 0.05",
        "real: median 0.30",
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["fake words (2)", "real words (3)"]
    assert sum(bar.get_height() for bar in ax.patches if hasattr(bar, "get_height")) == pytest.approx(100)
    assert ax.get_xlim() == (-1, 1)


@pytest.mark.parametrize(("real", "fake"), [(0.2, 0.15), (0.1, 0.3), (0.9, 0.85), (-0.9, -0.85), (0.9, -0.9), (0, 0)])
def test_cosines_keeps_the_medians_apart_and_inside(real, fake):
    plotting.cosines([real], [fake])
    (ax,) = drawn()
    assert not boxes_overlap(ax.texts)
    frame = plt.gcf().bbox
    assert all(frame.contains(*box.min) and frame.contains(*box.max) for box in map(box_of, ax.texts))
    assert ax.get_window_extent().width > 600, "no text pushes the axes together"


@pytest.mark.parametrize(
    ("real", "message"), [([3.2], "real holds 3.2, but a cosine lies between -1 and 1"), ([np.nan], "finite numbers")]
)
def test_cosines_refuses_what_is_no_cosine(real, message):
    with pytest.raises(ValueError, match=message):
        plotting.cosines(real, [0.1])


def test_figures_return_nothing_that_a_notebook_would_print():
    assert plotting.use_style() is None
    assert plotting.ratings([5, 4]) is None
    assert plotting.broadcast((2, 1), (2,)) is None


def test_a_plain_script_on_a_machine_with_a_screen_draws_without_a_warning():
    script = "from helpers import plotting; plotting.use_style(); plotting.ratings([5, 4])"
    command = [sys.executable, "-W", "error::UserWarning", "-c", script]
    result = subprocess.run(command, env={"MPLBACKEND": "agg", "DISPLAY": ":0"}, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_factorization_frames_the_cell_that_its_formula_works_out():
    plotting.factorization()
    (ax,) = drawn()
    assert {"ratings: (4 users, 5 items)", "$U$: (4, 2)", "$I^T$: (2, 5)"} <= set(texts(ax))
    assert "in the frame: 1·0.5 + 0.5·1 = 1 above the mean" in texts(ax)
    framed = [patch for patch in ax.patches if not patch.get_fill()]
    assert [(patch.get_width(), patch.get_height()) for patch in framed] == [(1, 1), (2, 1), (1, 2)]
    assert texts(ax).count("") == 12, "the holes"
    assert not boxes_overlap([text for text in ax.texts if text.get_text()])
    frame = plt.gcf().bbox
    assert all(frame.contains(*box.min) and frame.contains(*box.max) for box in map(box_of, ax.texts))


def test_errors_by_size_draws_the_mean_of_each_group_with_two_standard_errors():
    sizes = np.repeat([1, 5, 6, 100], 20)
    errors = {"the mean": np.tile([1.0, 3.0], 40), "RatingPred": torch.ones(80)}
    plotting.errors_by_size(sizes, errors, [1, 6, 11, 51], "words in the review")
    (ax,) = drawn()
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "1–5\n40 reviews",
        "6–10\n20 reviews",
        "51 or more\n20 reviews",
    ], "the group that is empty is left out"
    mean, _ = ax.containers
    assert mean[0].get_ydata().tolist() == [2, 2, 2]
    low, high = mean[2][0].get_segments()[0][:, 1]
    assert (high - low) / 4 == pytest.approx(1 / np.sqrt(40))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["the mean", "RatingPred"]


def test_errors_by_size_of_one_thing_needs_no_legend_and_shows_what_is_below_0():
    plotting.errors_by_size([1] * 10, {"saved": [-1.0] * 10}, [1, 6], "training reviews of the item", what="saved")
    (ax,) = drawn()
    assert ax.get_legend() is None
    assert ax.get_ylim()[0] < -1 < 0 < ax.get_ylim()[1]


def test_errors_by_size_asks_for_a_group_of_ten():
    with pytest.raises(ValueError, match="no group has 10 reviews"):
        plotting.errors_by_size([1] * 9, {"errors": [1.0] * 9}, [1, 6], "words")
