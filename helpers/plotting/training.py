"""Figures of errors: how they fall in training, and how models compare."""

import textwrap
from itertools import cycle, pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers.plotting.style import BLUE, COLOURS, GREY, HALO, MARKERS, PLATE, WIDTH, array, listed, show

MEAN = "mean of the training ratings"
FLOOR = "noise floor: nobody can do better from user and item alone"
CLASSIC = "ClassicMF, best epoch"


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
        ends.append((f"{name}, best about {history.val[best]:.2f}", epochs[-1], history.val[-1], colour))
    last = max(epoch for _, epoch, _, _ in ends)
    margin = min(0.5, 0.02 * last) if last > 1 else 0.5
    ax.set_xlim(1 - margin, last + margin)
    references = _references(mean, noise_floor, classic)
    for text, error, line in references:
        ax.axhline(error, color=GREY, linestyle=line, linewidth=1.5, zorder=1)
        ends.append((text, last + margin, error, GREY))
    _choose_view(ax, histories.values(), [error for _, _, error, _ in ends], top)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set(xlabel="epoch", ylabel="mean squared error (rating points²)")
    ax.set_title(title, pad=26)
    key = "solid: validation   dashed: training   marker: best epoch on validation"
    ax.text(0, 1.03, key, transform=ax.transAxes, color=GREY)
    _label_ends(ax, ends)
    curves = " ".join(_curve(name, history) for name, history in histories.items())
    show(f"Line chart “{title}”, mean squared error. {curves}{_lines(references)}")


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
        ax.annotate(f"{error:.2f}", (error, row), (9, 0), textcoords="offset points", va="center", bbox=PLATE)
    ax.set(title=title, xlabel=f"mean squared error, {label} (rating points²): further left is better")
    reached = listed(f"{name} about {error:.2f}" for name, error in zip(errors, everything, strict=False))
    show(f"Dot chart “{title}”, mean squared error, {label}: {reached}.{_lines(references)}")


def _references(mean=None, noise_floor=None, classic=None):
    """Return (text, error, line style) of the lines asked for."""
    lines = ((MEAN, mean, "-."), (FLOOR, noise_floor, ":"), (CLASSIC, classic, (0, (6, 2))))
    return [(text, float(error), style) for text, error, style in lines if error is not None]


def _lines(references):
    """Return the labelled lines as a sentence that goes on, or nothing."""
    return f" Lines: {'; '.join(f'{text}, {error:.2f}' for text, error, _ in references)}." if references else ""


def _curve(name, history):
    """Return the two curves of a model in words: first what another run shows too, then what is this run's alone."""
    train, val, best = history.train, history.val, history.best_epoch
    here = f"after epoch {best + 1} of {len(val)}; validation from {val[0]:.2f} to {val[-1]:.2f}"
    here += f"; training from {train[0]:.2f} to {train[-1]:.2f}"
    return f"{name}: best validation error about {val[best]:.2f} (in this run {here})."


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


def errors_by_size(sizes, errors, edges, sizes_are, title="Where does a model err?", what="mean squared error"):
    """Draw, for groups of reviews of like `sizes` (N,), the mean of each of `errors`: name -> (N,), one per review.

    edges: where the groups begin, in order; the last has no end. Groups of fewer than 10 reviews are left out. The bars
    are two standard errors either way: what lies within them may be chance.
    """
    sizes = array(sizes, "sizes")
    errors = {name: array(values, name) for name, values in errors.items()}
    groups = np.searchsorted(edges, sizes, side="right") - 1
    shown = [group for group in range(len(edges)) if (groups == group).sum() >= 10]
    if not shown:
        raise ValueError("no group has 10 reviews: there is nothing to draw.")
    names = [f"{low}–{high - 1}" for low, high in pairwise(edges)] + [f"{edges[-1]} or more"]
    counts = [int((groups == group).sum()) for group in shown]
    _, ax = plt.subplots(figsize=(WIDTH, 3.8))
    parts, middle = [], (len(errors) - 1) / 2
    for k, (name, colour, marker) in enumerate(zip(errors, cycle(COLOURS), cycle(MARKERS))):
        of_groups = [errors[name][groups == group] for group in shown]
        means = np.array([values.mean() for values in of_groups])
        bars = np.array([2 * values.std() / np.sqrt(len(values)) for values in of_groups])
        places = np.arange(len(shown)) + 0.14 * (k - middle)
        ax.errorbar(places, means, bars, fmt=marker, color=colour, markersize=7, capsize=3, linewidth=1.5, label=name)
        parts.append(f"{name} (in this run {listed(f'{mean:.2f}' for mean in means)})")
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xticks(range(len(shown)), [f"{names[g]}\n{n:,} reviews" for g, n in zip(shown, counts, strict=True)])
    ax.set(xlim=(-0.5, len(shown) - 0.5), xlabel=sizes_are, ylabel=what)
    ax.set_title(title, pad=26 if len(errors) > 1 else None)
    if len(errors) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=len(errors), frameon=False)
    ax.grid(axis="x", visible=False)
    groups_shown = listed(names[group] for group in shown)
    show(f"Dots with bars “{title}”, {what}, by {sizes_are} ({groups_shown}). {'; '.join(parts)}.")
