"""The figures of the session, in one style that survives grey print, colour-blind eyes and a narrow notebook.

Every public function draws one figure, shows it and returns nothing. Numbers may come as lists, arrays or tensors.
"""

import textwrap
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's colours, safe for the colour-blind, ordered so that neighbours also differ in grey.
COLOURS = BLUE, ORANGE, BLACK, GREEN, PURPLE, RED = "#0072B2", "#E69F00", "#000000", "#009E73", "#CC79A7", "#D55E00"
MARKERS = "o", "s", "^", "D", "v", "P"
INK, GREY = "#222222", "#666666"
HALO = [withStroke(linewidth=3, foreground="white")]  # keeps a text readable where it crosses a line or a point
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # the same, hiding what lies behind
WIDTH = 8  # inches, 800 pixels

MEAN = "mean of the training ratings"
FLOOR = "noise floor: nobody can do better on these data"
CLASSIC = "ClassicMF, best epoch"


def use_style():
    """Give the figures that follow the style of the session."""
    plt.rc("figure", dpi=100, facecolor="white")
    plt.rc("figure.constrained_layout", use=True)
    plt.rc("font", size=11)
    plt.rc("axes", prop_cycle=plt.cycler(color=COLOURS), edgecolor=GREY, grid=True, axisbelow=True)
    plt.rc("axes", titlesize=12, titlelocation="left", titlepad=10)
    plt.rc("axes.spines", top=False, right=False)
    plt.rc("grid", color="#E5E5E5", linewidth=0.8)
    plt.rc(("xtick", "ytick"), color=GREY, labelcolor=INK)
    plt.rc("lines", linewidth=2)


def ratings(ratings, title="How many stars do people give?"):
    """Draw the share of each rating 1..5, in %, and their mean; `ratings`: one number per review."""
    ratings, stars = _array(ratings, "ratings").ravel(), np.arange(1, 6)
    strange = ratings[~np.isin(ratings, stars)]
    if len(strange):
        raise ValueError(f"ratings must be 1, 2, 3, 4 or 5, but {strange[0]} is among them: pass the ratings as read.")
    shares = 100 * np.array([np.mean(ratings == star) for star in stars])
    mean, top = ratings.mean(), 1.25 * shares.max()
    _, ax = plt.subplots(figsize=(WIDTH, 3.4))
    bars = ax.bar(stars, shares, width=0.75, color=BLUE)
    ax.bar_label(bars, [f"{share:.1f} %" for share in shares], padding=4, bbox=PLATE, zorder=3)
    ax.axvline(mean, color=INK, linestyle="--", linewidth=1.5)
    gap, side = (-0.06, "right") if mean > 3 else (0.06, "left")
    ax.text(mean + gap, top, f"mean {mean:.2f}", ha=side, va="top")
    ax.set(title=title, xlabel="rating (stars)", ylabel="share of the reviews (%)", xticks=stars, ylim=(0, top))
    ax.grid(axis="x", visible=False)
    _show()


def long_tail(users, items):
    """Draw how many reviews each user wrote and each item received, ranked; `users`, `items`: one id per review."""
    _, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.6), sharey=True)
    sides = (("user", "wrote", users, BLUE), ("item", "received", items, RED))
    for ax, (name, verb, ids, colour) in zip(axes, sides, strict=True):
        counts = np.sort(np.unique(_array(ids, f"{name}s").ravel(), return_counts=True)[1])[::-1]
        median = np.median(counts)
        ax.loglog(np.arange(1, len(counts) + 1), counts, color=colour)
        ax.axhline(median, color=INK, linestyle="--", linewidth=1)
        ax.plot((len(counts) + 1) / 2, median, "o", color=INK, markersize=7)
        ax.text(0.03, 0.05, f"the median {name} {verb} {median:g} reviews", transform=ax.transAxes)
        ax.set(title=f"{len(counts):,} {name}s", xlabel=f"rank of the {name} (log scale)")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.yaxis.set_major_formatter("{x:,.0f}")
    axes[0].set(ylabel="reviews (log scale)", ylim=(1, None))
    _show()


def learning_curves(histories, mean=None, noise_floor=None, classic=None, title="Error after each epoch", top=None):
    """Draw the mean squared error of each epoch: training dashed, validation solid, the best epoch marked.

    `histories`: name -> history with `train`, `val` (one MSE per epoch) and `best_epoch` (from 0). The errors `mean`,
    `noise_floor` and `classic` become labelled lines. The view ends a little above the lines and the last epochs, so
    that a wild first epoch does not flatten the rest; `top` sets its upper end instead.
    """
    if not histories or any(len(history.val) == 0 for history in histories.values()):
        raise ValueError("learning_curves needs at least one epoch of every model: train before you draw.")
    _, ax = plt.subplots(figsize=(WIDTH, 4))
    ends = []  # (label, epoch, error, colour) of every line, at its right end
    for (name, history), colour, marker in zip(histories.items(), cycle(COLOURS), cycle(MARKERS), strict=False):
        epochs, best = np.arange(1, len(history.val) + 1), history.best_epoch
        alone = [0] if len(epochs) == 1 else []  # one epoch makes no line: a hollow marker stands for it
        ax.plot(epochs, history.train, "--", c=colour, lw=1.4, marker=marker, ms=8, mfc="white", markevery=alone)
        ax.plot(epochs, history.val, color=colour, marker=marker, ms=8, markevery=[best])
        ends.append((f"{name}, best {history.val[best]:.3f}", epochs[-1], history.val[-1], colour))
    last = max(epoch for _, epoch, _, _ in ends)
    margin = min(0.5, 0.02 * last) if last > 1 else 0.5
    ax.set_xlim(1 - margin, last + margin)
    for text, error, line in _references(mean, noise_floor, classic):
        ax.axhline(error, color=GREY, linestyle=line, linewidth=1.5, zorder=1)
        ends.append((text, last + margin, error, GREY))
    _choose_view(ax, histories.values(), [error for _, _, error, _ in ends], top)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set(xlabel="epoch", ylabel="mean squared error (rating points²)")
    ax.set_title(title, pad=26)
    key = "solid: validation   dashed: training   marker: best epoch on validation"
    ax.text(0, 1.03, key, transform=ax.transAxes, color=GREY)
    _label_ends(ax, ends)
    _show()


def compare_models(errors, mean=None, noise_floor=None, label="validation", title="Which model errs least?"):
    """Draw one dot per model, in the order given; `errors`: name -> MSE on the data that `label` names."""
    if not errors:
        raise ValueError("errors holds no model: give a name and a mean squared error for each.")
    references, count = _references(mean, noise_floor), len(errors)
    everything = [float(error) for error in errors.values()] + [error for _, error, _ in references]
    low, high = min(everything), max(everything)
    margin = 0.12 * (high - low) or 0.1
    _, ax = plt.subplots(figsize=(WIDTH, 1.9 + 0.36 * count))
    ax.set(xlim=(low - margin, high + margin), ylim=(count, -1), yticks=range(count), yticklabels=list(errors))
    for text, error, line in references:
        # The mean is named above the models, the floor below them: so neither line crosses the other's name.
        ends, height = ((-1, count - 0.5), -0.75) if text == MEAN else ((-0.5, count), count - 0.25)
        ax.plot((error, error), ends, color=GREY, linestyle=line, linewidth=1.5, zorder=1)
        gap, side = (6, "left") if error < (low + high) / 2 else (-6, "right")
        ax.annotate(text, (error, height), (gap, 0), textcoords="offset points", ha=side, va="center", color=GREY)
    ax.plot(everything[:count], range(count), "o", color=BLUE, markersize=9)
    for row, error in enumerate(everything[:count]):
        ax.annotate(f"{error:.3f}", (error, row), (9, 0), textcoords="offset points", va="center", bbox=PLATE)
    ax.set(title=title, xlabel=f"mean squared error, {label} (rating points²): further left is better")
    _show()


def biases(user_biases, item_biases, title="Who rates high, and what is rated high?"):
    """Draw two histograms above each other, in rating points: the bias of every user, and of every item."""
    users, items = _array(user_biases, "user_biases").ravel(), _array(item_biases, "item_biases").ravel()
    widest = np.abs(np.r_[users, items]).max() or 1
    _, axes = plt.subplots(2, 1, figsize=(WIDTH, 4), sharex=True)
    sides = (("users", users, BLUE, ""), ("items", items, ORANGE, "///"))
    for ax, (name, values, colour, hatch) in zip(axes, sides, strict=True):
        ax.hist(values, np.linspace(-widest, widest, 41), color=colour, hatch=hatch, edgecolor="white", linewidth=0.5)
        ax.axvline(0, color=INK, linewidth=1.2)
        note = f"{len(values):,} {name}\nstandard deviation {values.std():.2f}"
        ax.text(0.01, 0.95, note, transform=ax.transAxes, va="top", path_effects=HALO)
        ax.set_ylabel(name)
    axes[0].set_title(title)
    axes[1].set_xlabel("bias (rating points): below 0 lowers the predicted rating, above 0 raises it")
    _show()


def item_map(points, labels, values=None, value_label="", nb_labels=20, which=None, title="A map of the items"):
    """Draw items as points of a plane, and name some: those of `which`, or `nb_labels` of them spread over the map.

    `points` (N, 2); `labels`: N texts; `values` (N,), named by `value_label` with its unit, colour the points, dark for
    low and light for high. A name that would cover another is left out.
    """
    points = _array(points, "points")
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have shape (N, 2), one row per item, but has shape {points.shape}.")
    values = None if values is None else _array(values, "values").ravel()
    for name, column in (("labels", labels), ("values", values)):
        if column is not None and len(column) != len(points):
            raise ValueError(f"{name} must hold one entry per point, {len(points)}, but holds {len(column)}.")
    fig, ax = plt.subplots(figsize=(WIDTH, 5.2))
    if values is None:
        ax.scatter(*points.T, s=16, color=BLUE)
    else:
        low, high = np.percentile(values, [1, 99])
        if low < 0 < high:  # then zero takes the middle colour
            low, high = -max(-low, high), max(-low, high)
        dots = ax.scatter(*points.T, s=16, c=values, cmap=plt.get_cmap("cividis", 9), vmin=low, vmax=high)
        fig.colorbar(dots, label=value_label, extend="both", shrink=0.8).outline.set_visible(False)
    ax.set_aspect("equal", adjustable="datalim")  # so that near on the page is near on the map
    ax.set(title=title, xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    order = _spread(points, 3 * nb_labels) if which is None else which
    _label_points(ax, points, labels, order, nb_labels if which is None else len(which))
    _show()


def embedding_table(weights, rows=None):
    """Draw the weights of an embedding, (ids, latent), as a table; beside it what looking up `rows` (ids) returns."""
    weights = _array(weights, "weights")
    if weights.ndim != 2 or weights.shape[0] > 10 or weights.shape[1] > 8:
        raise ValueError(f"weights must be a table of at most 10 x 8, but has shape {weights.shape}: pass a few rows.")
    height, width = weights.shape
    ids = np.arange(height) if rows is None else _array(rows, "rows").ravel()
    if len(ids) > 10 or ids.min() < 0 or ids.max() >= height:
        raise ValueError(f"rows must be at most 10 ids from 0 to {height - 1}, but is {ids.tolist()}.")
    step = width + 3.5  # from one table to the next
    tables = [("embedding", 0, np.arange(height)), ("looked up", step, ids)][: 1 if rows is None else 2]
    ax = _canvas(-1, step * len(tables) - 3.4, max(height, len(ids)))
    for name, left, shown in tables:
        shades = plt.get_cmap("PuOr_r")(0.5 + 0.2 * weights[shown] / (np.abs(weights).max() or 1))
        texts = [[f"{weight:z.2f}" for weight in weights[k]] for k in shown]
        _cells(ax, left, texts, shades, f"{name}: {weights[shown].shape}")
        for row, k in enumerate(shown):
            ax.text(left - 0.15, row + 0.5, f"id {k}", ha="right", va="center", color=GREY)
    if rows is not None:
        ax.annotate("", (step - 1.2, 0.5), (width + 0.4, 0.5), arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.5})
        for k in set(ids.tolist()):
            ax.add_patch(Rectangle((0, k), width, 1, fill=False, edgecolor=BLACK, linewidth=2.5, zorder=3))
    _show()


def broadcast(a_shape, b_shape):
    """Draw what a - b does when shapes of at most 2 dimensions (1 to 6 each) meet: hatched cells are copies."""
    if any(len(shape) > 2 or not all(1 <= size <= 6 for size in shape) for shape in (a_shape, b_shape)):
        raise ValueError(f"shapes have at most 2 dimensions of 1 to 6, not {tuple(a_shape)} and {tuple(b_shape)}.")
    shape = np.broadcast_shapes(a_shape, b_shape)  # raises a clear ValueError where they do not fit
    height, width = (1, 1, *shape)[-2:]
    ax = _canvas(0, 3.5 * width + 2.4, height + 0.8)
    stretched = any((1, 1, *own)[-2:] != (height, width) for own in (a_shape, b_shape))
    note = "hatched: copies that broadcasting makes" if stretched else "the shapes agree: nothing is copied"
    ax.text(0, height + 0.3, note, va="top", color=GREY)
    names = []
    for left, name, own, colour in ((0, "a", a_shape, "#BBDDF0"), (width + 1.2, "b", b_shape, "#F6D9A0")):
        cells = np.reshape([f"{name}_{{{k}}}" for k in range(np.prod(own, dtype=int))], own)
        names.append(np.broadcast_to(cells, shape).reshape(height, width))
        originals = np.unique(names[-1], return_index=True)[1]
        copies = ~np.isin(np.arange(height * width), originals).reshape(height, width)
        colours = np.full((height, width), colour)
        _cells(ax, left, [[f"${cell}$" for cell in row] for row in names[-1]], colours, f"{name}: {tuple(own)}", copies)
    texts = [[f"${a}-{b}$" for a, b in zip(*row, strict=True)] for row in zip(*names, strict=True)]
    _cells(ax, 2 * width + 2.4, texts, np.full((height, width), "#EDEDED"), f"a − b: {shape}", wide=1.5)
    for x, sign in ((width + 0.6, "−"), (2 * width + 1.8, "=")):
        ax.text(x, height / 2, sign, ha="center", va="center", fontsize=18)
    _show()


def _array(values, name):
    """Return a list, array or tensor as an array that holds something."""
    values = values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    if values.size == 0:
        raise ValueError(f"{name} is empty: there is nothing to draw.")
    return values


def _show():
    if plt.get_backend().lower() != "agg":  # Agg draws files alone: it may warn that it cannot show
        plt.show()


def _references(mean=None, noise_floor=None, classic=None):
    """Return (text, error, line style) of the lines asked for."""
    lines = ((MEAN, mean, "-."), (FLOOR, noise_floor, ":"), (CLASSIC, classic, (0, (6, 2))))
    return [(text, float(error), style) for text, error, style in lines if error is not None]


def _choose_view(ax, histories, ends, top):
    """Set the y limits so that the lines and the last epochs can be read; say so if something lies above."""
    curves = np.concatenate([[*history.train, *history.val] for history in histories])
    curves = curves[np.isfinite(curves)]
    ends = [error for error in [*ends, *(history.train[-1] for history in histories)] if np.isfinite(error)]
    if not ends:
        raise ValueError("no error is a finite number: training diverged, so try a smaller learning rate.")
    low, high = min([*curves, *ends]), max([*curves, *ends])
    top = top or min(high + 0.06 * (high - low or 1), 1.15 * max(ends) or 1)
    ax.set_ylim(low - 0.06 * (top - low), top)
    if high > top:
        note = f"errors up to {high:.3g} lie above this view"
        ax.text(0.98, 0.98, note, transform=ax.transAxes, ha="right", va="top", color=GREY, path_effects=HALO)


def _label_ends(ax, ends):
    """Write each label in the right margin, level with the end of its line or as near as the labels leave room."""
    ax.figure.draw_without_rendering()  # settles the height of the axes
    line = 1.35 * plt.rcParams["font.size"] / 72 * ax.figure.dpi / ax.get_window_extent().height
    texts = [textwrap.fill(text, 29) for text, _, _, _ in ends]
    heights = line * np.array([text.count("\n") + 1.2 for text in texts])
    (low, high), right = ax.get_ylim(), ax.get_xlim()[1]
    levels = np.clip(np.nan_to_num([error for _, _, error, _ in ends], nan=high), low, high)
    places = _apart((levels - low) / (high - low), heights)
    for text, place, level, (_, epoch, _, colour) in zip(texts, places, levels, ends, strict=True):
        ax.hlines(level, epoch, right, color=colour, linestyle=":", linewidth=1)
        arrow = {"arrowstyle": "-", "color": colour, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 0}
        ax.annotate(text, (right, level), (1.04, place), textcoords="axes fraction", va="center", arrowprops=arrow)


def _apart(centres, heights):
    """Move the centres of labels, lowest first, until none overlaps and none passes the top, 1."""
    order = np.argsort(centres, kind="stable")
    packed = np.cumsum(heights[order]) - heights[order] / 2  # the centres, were the labels stacked from 0
    places = np.empty(len(centres))
    places[order] = packed + np.minimum(np.maximum.accumulate(centres[order] - packed), 1 - heights.sum())
    return places


def _spread(points, count):
    """Return `count` indices spread over the map: first the farthest out, then always the farthest from those taken."""
    chosen = [np.linalg.norm(points - points.mean(0), axis=1).argmax()]
    while len(chosen) < min(count, len(points)):
        chosen.append(np.linalg.norm(points[:, None] - points[chosen], axis=2).min(1).argmax())
    return chosen


def _label_points(ax, points, labels, order, count):
    """Name up to `count` points, right, left, above or below; skip a name that would cover another or the edge."""
    ax.figure.draw_without_rendering()  # settles the scale, which the boxes depend on
    frame, boxes = ax.get_window_extent(), []
    sides = (6, 0, "left", "center"), (-6, 0, "right", "center"), (0, 5, "center", "bottom"), (0, -5, "center", "top")
    for k in order:
        for x, y, ha, va in sides if len(boxes) < count else ():
            place = {"xytext": (x, y), "textcoords": "offset points", "ha": ha, "va": va}
            text = ax.annotate(labels[k], points[k], fontsize=9, path_effects=HALO, in_layout=False, **place)
            box = text.get_window_extent()
            if frame.contains(*box.min) and frame.contains(*box.max) and not box.count_overlaps(boxes):
                boxes.append(box)
                ax.plot(*points[k], "o", markersize=5.5, markerfacecolor="none", markeredgecolor=INK)
                break
            text.remove()


def _canvas(left, right, bottom):
    """Return bare axes on which one unit is one cell; y runs downwards from -1, where titles stand."""
    cell = min(0.62, WIDTH / (right - left))  # inches
    _, ax = plt.subplots(figsize=(cell * (right - left), cell * (bottom + 1)))
    ax.set(xlim=(left, right), ylim=(bottom, -1))
    ax.axis("off")
    return ax


def _cells(ax, left, texts, colours, title, copies=None, wide=1):
    """Draw a table, its cells `wide` units wide, from x = `left` and y = 0; the cells of `copies` are hatched."""
    font = min(11, 20 * ax.figure.get_figwidth() / ax.get_xlim()[1])
    for i, j in np.ndindex(np.shape(texts)):
        copy = copies is not None and copies[i, j]
        face, edge, hatch = ("white", colours[i, j], "////") if copy else (colours[i, j], "white", None)
        ax.add_patch(Rectangle((left + wide * j, i), wide, 1, facecolor=face, edgecolor=edge, hatch=hatch))
        middle = (left + wide * (j + 0.5), i + 0.5)
        ax.text(*middle, texts[i][j], ha="center", va="center", fontsize=font, path_effects=HALO if copy else None)
    ax.text(left, -0.2, title, va="bottom")
