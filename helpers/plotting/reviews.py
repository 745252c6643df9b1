"""Figures of the reviews: their ratings, their users and items, their lengths."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers.plotting.style import BLUE, GREY, INK, PLATE, RED, WIDTH, array, listed, show


def ratings(ratings, title="How many stars do people give?"):
    """Draw the share of each rating 1..5, in %, and their mean; `ratings`: one number per review."""
    ratings, stars = array(ratings, "ratings").ravel(), np.arange(1, 6)
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
    each = listed(f"rating {star} in {share:.1f} %" for star, share in zip(stars, shares, strict=True))
    show(f"Bar chart “{title}”: {each} of the reviews; mean {mean:.2f}.")


def long_tail(users, items):
    """Draw how many reviews each user wrote and each item received, ranked; `users`, `items`: one id per review."""
    sides = (("user", "wrote", users, BLUE), ("item", "received", items, RED))
    ranked = [np.sort(np.unique(array(ids, f"{n}s").ravel(), return_counts=True)[1])[::-1] for n, _, ids, _ in sides]
    _, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.6), sharey=True)
    axes[0].set(ylabel="reviews (log scale)", yscale="log", ylim=(1, 1.3 * max(counts[0] for counts in ranked)))
    for ax, counts, (name, verb, _, colour) in zip(axes, ranked, sides, strict=True):
        median = np.median(counts)
        ax.semilogx(np.arange(1, len(counts) + 1), counts, color=colour)
        ax.axhline(median, color=INK, linestyle="--", linewidth=1)
        ax.plot((len(counts) + 1) / 2, median, "o", color=INK, markersize=7)
        ax.text(0.03, 0.05, f"the median {name} {verb} {median:g} reviews", transform=ax.transAxes)
        ax.set(title=f"{len(counts):,} {name}s", xlabel=f"rank of the {name} (log scale)")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.yaxis.set_major_formatter("{x:,.0f}")
    ranges = [
        f"{len(counts):,} {name}s {verb} {counts[-1]:,} to {counts[0]:,} reviews each, median {np.median(counts):g}"
        for counts, (name, verb, _, _) in zip(ranked, sides, strict=True)
    ]
    show(f"Two falling curves on log axes, reviews over rank: {'; '.join(ranges)}.")


def review_lengths(lengths, title="How long are the reviews?"):
    """Draw how many reviews have how many words, on a log axis, with the median and the 99th percentile marked.

    `lengths`: the number of words of each review. Those without a word have no place on a log axis: a note counts them.
    """
    lengths = array(lengths, "lengths").ravel()
    shown = lengths[lengths > 0]
    if len(shown) == 0:
        raise ValueError("lengths holds no number above 0: pass the number of words of each review.")
    median, long = np.percentile(shown, [50, 99], method="inverted_cdf")  # lengths that occur
    # About 8 bins to each tenfold, cut between whole numbers, so that none stands empty where nothing can fall.
    edges = np.unique(np.rint(np.geomspace(1, shown.max() + 1, int(8 * np.log10(shown.max()) + 3)))) - 0.5
    _, ax = plt.subplots(figsize=(WIDTH, 3.4))
    counts, _, _ = ax.hist(shown, edges, color=BLUE, edgecolor="white", linewidth=0.5)
    top = 1.2 * counts.max()
    for words, name, line, gap, side in (
        (median, "median", "--", -6, "right"),
        (long, "99th percentile", ":", 6, "left"),
    ):
        ax.axvline(words, color=INK, linestyle=line, linewidth=1.5)
        text, place = f"{name}\n{words:,.0f} words", {"xytext": (gap, 0), "textcoords": "offset points"}
        ax.annotate(text, (words, top), **place, ha=side, va="top", bbox=PLATE)
    room = 5  # a factor, for the two texts
    ax.set(xscale="log", xlim=(min(shown.min(), median / room), max(shown.max(), room * long)), ylim=(0, top))
    ax.set(title=title, xlabel="words in the review (log scale)", ylabel="reviews")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.xaxis.set_minor_formatter("")
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10), integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.grid(axis="x", visible=False)
    if len(shown) < len(lengths):
        note = f"left out: {len(lengths) - len(shown):,} without a word"
        ax.text(1, 1.03, note, transform=ax.transAxes, ha="right", color=GREY)
    show(
        f"Histogram “{title}”: {len(shown):,} reviews on a log axis of words, median {median:,.0f}, "
        f"99th percentile {long:,.0f}, longest {shown.max():,.0f}."
    )
