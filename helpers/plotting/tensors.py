"""Small pictures of tensors: cells, and what becomes of them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from helpers.plotting.style import BLACK, BLUE, GREY, HALO, INK, WIDTH, array, show

# What a cell of a batch of reviews can be, from 0 up: lighter to darker, so that grey print tells them apart too.
CELLS = {"padding": "#E2E2E2", "unknown word": "#86BEE0", "word": BLUE}


def embedding_table(weights, rows=None):
    """Draw the weights of an embedding, (ids, latent), as a table; beside it what looking up `rows` (ids) returns."""
    weights = array(weights, "weights")
    if weights.ndim != 2 or weights.shape[0] > 10 or weights.shape[1] > 8:
        raise ValueError(f"weights must be a table of at most 10 x 8, but has shape {weights.shape}: pass a few rows.")
    height, width = weights.shape
    ids = np.arange(height) if rows is None else array(rows, "rows").ravel()
    if len(ids) > 10 or ids.min() < 0 or ids.max() >= height:
        raise ValueError(f"rows must be at most 10 ids from 0 to {height - 1}, but is {ids.tolist()}.")
    step = width + 3.5  # from one table to the next
    tables = [("embedding", 0, np.arange(height)), ("looked up", step, ids)][: 1 if rows is None else 2]
    parts = []
    ax = _canvas(-1, step * len(tables) - 3.4, max(height, len(ids)))
    for name, left, shown in tables:
        shades = plt.get_cmap("PuOr_r")(0.5 + 0.2 * weights[shown] / (np.abs(weights).max() or 1))
        texts = [[f"{weight:z.2f}" for weight in weights[k]] for k in shown]
        _cells(ax, left, texts, shades, f"{name}: {weights[shown].shape}")
        for row, k in enumerate(shown):
            ax.text(left - 0.15, row + 0.5, f"id {k}", ha="right", va="center", color=GREY)
        lines = [f"id {k}: {', '.join(row)}" for k, row in zip(shown, texts, strict=True)]
        parts.append(f"{name}, shape {weights[shown].shape}: {'; '.join(lines)}")
    if rows is not None:
        ax.annotate("", (step - 1.2, 0.5), (width + 0.4, 0.5), arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.5})
        for k in set(ids.tolist()):
            ax.add_patch(Rectangle((0, k), width, 1, fill=False, edgecolor=BLACK, linewidth=2.5, zorder=3))
    show(f"Tables of weights, a row per id: {'. '.join(parts)}.")


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
    operands = f"{_copied('a', a_shape, shape)}, minus {_copied('b', b_shape, shape)}"
    show(f"Tables of cells: {operands}, is a − b, shape {shape}.")


def _copied(name, own, shape):
    """Return in words what becomes of a tensor of the shape `own`, where `shape` is asked for."""
    return f"{name}, shape {tuple(own)}" + (f", copied to {shape}" if tuple(own) != shape else "")


def factorization():
    """Draw a small table of ratings with holes beside the two tables of vectors whose products fill it."""
    users = np.array([[-0.5, 1.0], [1.0, 0.5], [0.5, -1.0], [-1.0, 0.0]])
    items = np.array([[1.0, 0.5], [0.0, -1.0], [-1.0, 0.5], [0.5, 1.0], [1.5, -0.5]])
    known = np.array([[1, 0, 0, 1, 0], [0, 1, 1, 0, 0], [1, 0, 0, 0, 1], [0, 0, 1, 0, 1]], dtype=bool)
    ratings = (3 + users @ items.T).round().clip(1, 5)
    texts = [[f"{ratings[cell]:.0f}" if known[cell] else "" for cell in row] for row in _places(known)]
    shades = np.where(known, "#BBDDF0", "#F2F2F2")
    ax = _canvas(-1.6, 16.2, 4.6)
    _cells(ax, 0, texts, shades, "ratings: (4 users, 5 items)")
    _cells(ax, 7.2, [[f"{x:g}" for x in row] for row in users], np.full(users.shape, "#F6D9A0"), "$U$: (4, 2)")
    _cells(ax, 10.8, [[f"{x:g}" for x in row] for row in items.T], np.full(items.T.shape, "#F6D9A0"), "$I^T$: (2, 5)")
    for n in range(len(users)):
        ax.text(-0.15, n + 0.5, f"user {n}", ha="right", va="center", color=GREY)
    for x, y, sign in ((6.1, 2, "≈ $\\mu$ +"), (10, 2, "·")):
        ax.text(x, y, sign, ha="center", va="center", fontsize=14)
    for left, top, width, height in ((3, 1, 1, 1), (7.2, 1, 2, 1), (13.8, 0, 1, 2)):
        ax.add_patch(Rectangle((left, top), width, height, fill=False, edgecolor=BLACK, linewidth=2.5, zorder=3))
    product = " + ".join(f"{x:g}·{y:g}" for x, y in zip(users[1], items[3], strict=True))
    answer = f"{product} = {users[1] @ items[3]:g}"
    ax.text(7.2, 4.5, f"in the frame: {answer} above the mean", va="bottom")
    show(
        f"A table of 4 users by 5 items in which {known.sum()} of {known.size} ratings are known. It is about the mean "
        f"plus the product of a table of 4 users by 2 numbers and one of 2 numbers by 5 items. One empty cell is "
        f"worked out: {answer} above the mean."
    )


def _places(table):
    """Return the positions in a table, row by row."""
    return [[(i, j) for j in range(table.shape[1])] for i in range(table.shape[0])]


def padding(batches, titles):
    """Draw one or two batches of padded reviews, side by side and to one scale: which cells are words, which padding.

    `batches`: (B, L) word ids each, 0 for padding, 1 for an unknown word; `titles`: a few words each, such as "in
    random order", to which the share of padding is added.
    """
    batches = [array(batch, f"batches[{k}]") for k, batch in enumerate(batches)]
    if not 1 <= len(batches) <= 2 or len(batches) != len(titles):
        raise ValueError(f"padding draws 1 or 2 batches, a title for each, but got {len(batches)} and {len(titles)}.")
    for k, batch in enumerate(batches):
        if batch.ndim != 2 or batch.dtype.kind not in "iu" or batch.min() < 0:
            form = f"{batch.dtype} of shape {batch.shape}" if batch.ndim else f"of type {type(batch.item()).__name__}"
            raise ValueError(f"batches[{k}] must be word ids, whole numbers from 0 in shape (B, L), but is {form}.")
    fig, axes = plt.subplots(1, len(batches), figsize=(WIDTH, 3.6), sharex=True, sharey=True, squeeze=False)
    parts = []
    for ax, batch, title in zip(axes[0], batches, titles, strict=True):
        height, width = batch.shape
        cells, shades = batch.clip(max=2), {"cmap": ListedColormap(CELLS.values()), "vmin": 0, "vmax": 2}
        if max(height, width) <= 40:
            x, y = np.arange(width + 1) + 0.5, np.arange(height + 1) + 0.5
            ax.pcolormesh(x, y, cells, edgecolor="white", linewidth=0.8, **shades)
        else:  # too small for lines between them; an image is drawn in no time, however long the reviews
            ax.pcolorfast((0.5, width + 0.5), (0.5, height + 0.5), cells, **shades)
        ax.add_patch(Rectangle((0.5, 0.5), width, height, fill=False, edgecolor=GREY, linewidth=0.8, clip_on=False))
        share = f"{title}: {100 * np.mean(batch == 0):.0f} % padding"
        ax.set_title(share, pad=26)
        note = f"{height:,} reviews × {width:,} = {batch.size:,} cells"
        parts.append(f"{share}, {note}")
        ax.text(0, 1.03, note, transform=ax.transAxes, color=GREY)
        ax.set_xlabel("place in the review (words)")
        ax.grid(visible=False)
    axes[0, 0].set_ylabel("review of the batch")
    axes[0, 0].invert_yaxis()
    for axis in (axes[0, 0].xaxis, axes[0, 0].yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=(1, 2, 5, 10), integer=True, min_n_ticks=1))
        axis.set_major_formatter("{x:,.0f}")
    kinds = np.unique(np.concatenate([batch.clip(max=2).ravel() for batch in batches]))
    key = [Patch(color=colour, label=kind) for n, (kind, colour) in enumerate(CELLS.items()) if n in kinds]
    fig.legend(handles=key[::-1], loc="outside lower left", ncols=3, frameon=False)
    show(f"The cells of each batch, a row per review, words first, then padding. {'; '.join(parts)}.")


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
