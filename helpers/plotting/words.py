"""Figures of words: which ones move a rating, and which ones are near an item."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import BLACK, BLUE, GREY, INK, ORANGE, PLATE, WIDTH, array, listed, show

LONGEST_WORD = 18  # letters; a longer one is cut


def word_effects(words, effects, nb=15, title="Which words lower a rating, and which raise it?"):
    """Draw the `nb` words that lower the rating most, left, and the `nb` that raise it most, right; strongest first.

    `words`: N texts; `effects` (N,), in rating points. A word whose effect is 0 is not drawn.
    """
    effects = _finite(effects, "effects")
    if len(words) != len(effects):
        raise ValueError(f"words must hold one text per effect, {len(effects)}, but holds {len(words)}.")
    order = np.argsort(effects, kind="stable")
    lowering = [k for k in order[:nb] if effects[k] < 0]
    raising = [k for k in order[::-1][:nb] if effects[k] > 0]
    if not lowering and not raising:
        raise ValueError(f"of the {nb} words at either end none has an effect: there is nothing to draw.")
    rows = max(len(lowering), len(raising))
    _, ax = plt.subplots(figsize=(WIDTH, 1.3 + 0.25 * rows))
    parts = []
    for chosen, colour, gap, side in ((lowering, ORANGE, -5, "right"), (raising, BLUE, 5, "left")):
        parts.append(f"{len(chosen)}, the strongest first: {listed(words[k] for k in chosen)}" if chosen else "none")
        ax.barh(range(len(chosen)), effects[chosen], height=0.7, color=colour)
        for row, k in enumerate(chosen):
            word = words[k] if len(words[k]) <= LONGEST_WORD else words[k][: LONGEST_WORD - 1] + "…"
            place = {"xytext": (gap, 0), "textcoords": "offset points", "ha": side, "va": "center_baseline"}
            ax.annotate(word, (effects[k], row), **place, parse_math=False)
    ax.axvline(0, color=INK, linewidth=1.2)
    low, high = min(effects.min(), 0), max(effects.max(), 0)
    room = 0.25 * (high - low)  # for the words beyond the longest bars
    ax.set(xlim=(low - room, high + room), ylim=(rows - 0.4, -0.6), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(lambda effect, _: _signed(effect) if effect else "0")
    ax.set(title=title, xlabel="effect of the word (rating points)")
    show(f"Bar chart “{title}”, in rating points, of {len(words):,} words. Lowering {parts[0]}. Raising {parts[1]}.")


def negative_sampling_loss(title="What a real word and a fake word cost"):
    """Draw the loss of negative sampling, its two parts over the cosine c of item and word: where it starts and ends.

    A real word costs -log sigmoid(c), a fake one -log sigmoid(-c) (Mikolov et al., 2013, who take dot products).
    """
    c = np.linspace(-1, 1, 101)
    start, best, worst = _cost(0), _cost(1), _cost(-1)
    _, ax = plt.subplots(figsize=(WIDTH, 3.8))
    ax.plot(c, _cost(c), color=BLUE)
    ax.plot(c, _cost(-c), color=ORANGE, linestyle="--")
    ax.text(-0.97, worst + 0.02, r"a real word: $-\log\,\sigma(c)$")
    ax.text(0.97, worst + 0.02, r"a fake word: $-\log\,\sigma(-c)$", ha="right")
    ax.plot(0, start, "o", color=BLACK, markersize=9)
    text = f"where training starts, both at 0:\n{start:.3f} + {start:.3f} = {2 * start:.3f}"
    ax.vlines(0, start, 1.1, color=GREY, linewidth=1)
    ax.text(0, 1.1, text, ha="center", bbox=PLATE)
    ax.plot((-1, 1), (best, best), ":D", color=BLACK, linewidth=1.2, markersize=8, clip_on=False)
    text = f"it cannot fall below, a real word at 1 and a fake one at −1:\n{best:.3f} + {best:.3f} = {2 * best:.3f}"
    ax.text(0, best - 0.05, text, ha="center", va="top", bbox=PLATE)
    ax.set(title=title, xlabel="cosine c of item and word", ylabel="loss of one word")
    ax.set(xlim=(-1, 1), ylim=(0, 1.5), xticks=(-1, -0.5, 0, 0.5, 1))
    show(
        f"Line chart “{title}”: as the cosine of item and word goes from −1 to 1, a real word's loss falls "
        f"from {worst:.3f} to {best:.3f}, and a fake one's rises likewise. Where training starts, both at 0, they "
        f"add up to {2 * start:.3f}; they cannot fall below {2 * best:.3f}."
    )


def cosines(real, fake, title="Are real words nearer than fake ones?"):
    """Draw the cosines of items with words of held-out reviews, `real` (N,), and with fake words, `fake` (M,)."""
    sides = {"fake": _finite(fake, "fake"), "real": _finite(real, "real")}
    for name, values in sides.items():
        if np.abs(values).max() > 1.001:
            raise ValueError(f"{name} holds {values[np.abs(values).argmax()]:.3g}, but a cosine lies between -1 and 1.")
    _, ax = plt.subplots(figsize=(WIDTH, 3.8))
    looks = {"color": ORANGE, "alpha": 0.55}, {"histtype": "step", "edgecolor": BLUE, "linewidth": 2, "hatch": "////"}
    edges, top = np.linspace(-1, 1, 51), 0
    for (name, values), look in zip(sides.items(), looks, strict=True):
        shares = np.full(len(values), 100 / len(values))
        label = f"{name} words ({len(values):,})"
        heights, _, _ = ax.hist(values.clip(-1, 1), edges, weights=shares, label=label, **look)
        top = max(top, 1.25 * heights.max())
    _mark_medians(ax, sides, top)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    ax.set(xlim=(-1, 1), ylim=(0, top), xlabel="cosine of item and word", ylabel="share of the words (%)")
    ax.set_title(title, pad=26)
    ax.grid(axis="x", visible=False)
    medians = [f"{len(values):,} {name} words, median {np.median(values):.2f}" for name, values in sides.items()]
    show(f"Two histograms “{title}”, over the cosine of item and word: {'; '.join(medians)}.")


def _mark_medians(ax, sides, top):
    """Write each median beside its line, the lower one on its left: or, near the edge, inwards and a line lower."""
    medians = sorted((np.median(values), name) for name, values in sides.items())
    for (median, name), outwards in zip(medians, (-1, 1), strict=True):
        ax.axvline(median, color=INK, linestyle={"real": "--", "fake": ":"}[name], linewidth=1.5)
        fits = outwards * median < 0.55
        way = outwards if fits else -outwards
        place = {"xytext": (6 * way, 0 if fits else -18), "textcoords": "offset points"}
        text = f"{name}: median {median:.2f}".replace("-", "−")
        ax.annotate(text, (median, top), **place, ha="left" if way > 0 else "right", va="top", bbox=PLATE)


def _signed(effect):
    """Return an effect with its sign."""
    return f"{effect:+.3g}".replace("-", "−")


def _finite(values, name):
    values = array(values, name).ravel()
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must hold finite numbers, but some are not: did the training diverge?")
    return values


def _cost(cosine):
    """Return -log sigmoid(cosine)."""
    return np.log1p(np.exp(-cosine))
