"""Figures of what a model learned about users and items."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import BLUE, HALO, INK, ORANGE, WIDTH, array, listed, show


def biases(user_biases, item_biases, title="Who rates high, and what is rated high?"):
    """Draw two histograms above each other, in rating points: the bias of every user, and of every item."""
    users, items = array(user_biases, "user_biases").ravel(), array(item_biases, "item_biases").ravel()
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
    spreads = [
        f"{len(values):,} {name} from {values.min():+.1f} to {values.max():+.1f}, standard deviation {values.std():.2f}"
        for name, values, _, _ in sides
    ]
    show(f"Two histograms “{title}”, in rating points: {'; '.join(spreads)}.")


def item_map(points, labels, values=None, value_label="", nb_labels=20, which=None, title="A map of the items"):
    """Draw items as points of a plane, and name some: those of `which`, or `nb_labels` of them spread over the map.

    `points` (N, 2); `labels`: N texts; `values` (N,), named by `value_label` with its unit, colour the points, dark for
    low and light for high. A name that would cover another is left out.
    """
    points = array(points, "points")
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have shape (N, 2), one row per item, but has shape {points.shape}.")
    values = None if values is None else array(values, "values").ravel()
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
    named = _label_points(ax, points, labels, order, nb_labels if which is None else len(which))
    alt = f"Scatter plot “{title}”: {len(points):,} points; named on it are {listed(f'“{name}”' for name in named)}."
    show(alt if values is None else f"{alt} The colour is the {value_label}, from {low:+.2f} to {high:+.2f}.")


def _spread(points, count):
    """Return `count` indices spread over the map: first the farthest out, then always the farthest from those taken."""
    chosen = [np.linalg.norm(points - points.mean(0), axis=1).argmax()]
    while len(chosen) < min(count, len(points)):
        chosen.append(np.linalg.norm(points[:, None] - points[chosen], axis=2).min(1).argmax())
    return chosen


def _label_points(ax, points, labels, order, count):
    """Name up to `count` points, right, left, above or below; return the names.

    A name that would cover another or the edge is left out.
    """
    ax.figure.draw_without_rendering()  # settles the scale, which the boxes depend on
    frame, boxes, named = ax.get_window_extent(), [], []
    sides = (6, 0, "left", "center"), (-6, 0, "right", "center"), (0, 5, "center", "bottom"), (0, -5, "center", "top")
    for k in order:
        for x, y, ha, va in sides if len(boxes) < count else ():
            place = {"xytext": (x, y), "textcoords": "offset points", "ha": ha, "va": va, "parse_math": False}
            text = ax.annotate(labels[k], points[k], fontsize=9, path_effects=HALO, in_layout=False, **place)
            box = text.get_window_extent()
            if frame.contains(*box.min) and frame.contains(*box.max) and not box.count_overlaps(boxes):
                boxes.append(box)
                named.append(labels[k])
                ax.plot(*points[k], "o", markersize=5.5, markerfacecolor="none", markeredgecolor=INK)
                break
            text.remove()
    return named
