"""Figures of lists: how the order is learned, whose lists are best, whom they serve, and what they show."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.plotting.style import BLUE, COLOURS, GREY, MARKERS, PLATE, WIDTH, array, listed, show

POPULAR = "the popular list"
PERFECT = "the perfect recommender: nobody can do better"


def pair_curves(history, popular, perfect=None, title="Pairs in the wrong order after each epoch"):
    """Draw the share of pairs in the wrong order of each epoch: training dashed, validation solid.

    `history`: with `train`, `val` (a share per epoch) and `best_epoch`. `popular` and `perfect`, shares, become lines.
    """
    if not history.val:
        raise ValueError("pair_curves needs at least one epoch: train before you draw.")
    epochs, best = np.arange(1, len(history.val) + 1), history.best_epoch
    _, ax = plt.subplots(figsize=(WIDTH, 4))
    ax.plot(epochs, history.train, "--", color=BLUE, linewidth=1.4, label="training")
    ax.plot(
        epochs, history.val, color=BLUE, marker="o", markersize=8, markevery=[best], label="validation, best marked"
    )
    lines = [(POPULAR, popular, "-."), (PERFECT, perfect, ":")]
    lines = [(text, float(share), style) for text, share, style in lines if share is not None]
    for text, share, style in lines:
        ax.axhline(share, color=GREY, linestyle=style, linewidth=1.5, zorder=1, label=text)
    ax.set(title=title, xlabel="epoch", ylabel="share of pairs in the wrong order", ylim=(0, None))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.legend(loc="upper right", frameon=False)
    said = "; ".join(f"{text}, about {share:.2f}" for text, share, _ in lines)
    here = f"epoch {best + 1} of {len(epochs)}; validation from {history.val[0]:.2f} to {history.val[-1]:.2f}"
    here += f"; training from {history.train[0]:.2f} to {history.train[-1]:.2f}"
    show(f"Line chart “{title}”. Best share on validation about {history.val[best]:.2f} (in this run after {here}). "
         f"Lines: {said}.")  # fmt: skip


def compare_lists(recalls, popular, perfect=None, label="validation", title="Whose list finds most?"):
    """Draw the recall@10 of each model, in the order given; `recalls`: name -> a number, or one per seed."""
    if not recalls:
        raise ValueError("recalls holds no model: give a name and a recall for each.")
    rows = [(name, np.atleast_1d(array(values, name))) for name, values in recalls.items()]
    lines = [(POPULAR, popular, "-."), (PERFECT, perfect, ":")]
    lines = [(text, float(share), style) for text, share, style in lines if share is not None]
    _, ax = plt.subplots(figsize=(WIDTH, 1.9 + 0.36 * len(rows)))
    for n, (_, values) in enumerate(rows):
        ax.plot(values, [n] * len(values), "o", color=BLUE, markersize=9, alpha=0.7)
        ax.annotate(
            f"{values.mean():.2f}", (values.max(), n), (9, 0), textcoords="offset points", va="center", bbox=PLATE
        )
    top = max([*(values.max() for _, values in rows), *(share for _, share, _ in lines)])
    ax.set(xlim=(-0.02 * top, 1.15 * top), ylim=(len(rows), -1), yticks=range(len(rows)))
    ax.set(yticklabels=[name for name, _ in rows], title=title, xlabel=f"recall@10, {label}: further right is better")
    for n, (text, share, style) in enumerate(lines):
        ax.axvline(share, color=GREY, linestyle=style, linewidth=1.5, zorder=1)
        height = -0.75 if n == 0 else len(rows) - 0.25
        ax.annotate(text, (share, height), (-6, 0), textcoords="offset points", ha="right", va="center", color=GREY)
    reached = listed([f"{name} about {values.mean():.2f}" for name, values in rows])
    said = "; ".join(f"{text}, about {share:.2f}" for text, share, _ in lines)
    show(f"Dot chart “{title}”, recall@10, {label}: {reached}. Lines: {said}.")


def served(panels, title="Whom does it serve?"):
    """Draw recall by group, a panel per question.

    `panels`: question -> model -> [(label of the group, recall, number of its held-out reviews)].
    """
    _, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 3.8), sharey=True, squeeze=False)
    texts = []
    for ax, (question, models) in zip(axes[0], panels.items(), strict=True):
        for (name, groups), colour, marker in zip(models.items(), COLOURS, MARKERS, strict=False):
            shares = [share for _, share, _ in groups]
            ax.plot(range(len(groups)), shares, color=colour, marker=marker, markersize=8, label=name)
            said = listed([f"{share:.2f} of {number:,} reviews for {label}" for label, share, number in groups])
            texts.append(f"By {question}, {name} finds (in this run {said}).")
        labels = [f"{label}\n({number:,})" for label, _, number in groups]
        ax.set(xticks=range(len(groups)), xticklabels=labels, xlabel=f"{question}\n(held-out reviews)")
        ax.tick_params(axis="x", labelsize=9)
    axes[0, 0].set(ylabel="share of held-out reviews found", ylim=(0, None))
    axes[0, 0].legend(frameon=False)
    axes[0, 0].set_title(title)
    show(f"Line charts “{title}”, the share of held-out reviews in the lists of ten. {' '.join(texts)}")


def shown_by_popularity(lists, counts, title="What is shown, and how often?"):
    """Draw what share of all that is shown the most popular items take; `lists`: model -> ids (users, k).

    counts (nb_items,): the training reviews of each item. The items are in the order of these; the line of what users
    choose themselves is drawn with them.
    """
    counts = array(counts, "counts").astype(float)
    order = np.argsort(-counts, kind="stable")
    share_of_items = np.arange(1, len(counts) + 1) / len(counts)
    _, ax = plt.subplots(figsize=(WIDTH, 4))
    ax.plot(share_of_items, counts[order].cumsum() / counts.sum(), color=GREY, linestyle="-.", label="chosen by users")
    tenth, texts = max(1, len(counts) // 10), []
    for (name, rows), colour in zip(lists.items(), COLOURS, strict=False):
        ids = array(rows, name)
        times = np.bincount(ids[ids >= 0], minlength=len(counts))[order]
        ax.plot(share_of_items, times.cumsum() / times.sum(), color=colour, label=f"shown: {name}")
        texts.append(
            f"{name} takes {times[:tenth].sum() / times.sum():.0%} of what it shows from the most popular tenth"
        )
    ax.set(title=title, xlabel="items, the most popular first", ylabel="share of all that is shown", xlim=(0, 1))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))
    ax.legend(loc="lower right", frameon=False)
    show(f"Line chart “{title}”. {'; '.join(texts)}; users choose {counts[order][:tenth].sum() / counts.sum():.0%} "
         "of theirs there.")  # fmt: skip
