"""The pictures of the report, in the style of the session."""

from itertools import cycle

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

from helpers.plotting.style import BLUE, COLOURS, GREY, MARKERS, PLATE, WIDTH, listed, use_style

PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


def save(folder, name, figure):
    """Write a figure as PNG into a folder."""
    figure.savefig(folder / name, dpi=150)
    plt.close(figure)


def to_error(folder, error, seconds):
    """Draw the CPU seconds of each model to the stated error, on a logarithmic axis, one dot each."""
    use_style()
    never = [name for name, value in seconds.items() if value is None]
    seconds = {name: value for name, value in seconds.items() if value is not None}
    names = sorted(seconds, key=seconds.get)
    figure, ax = plt.subplots(figsize=(WIDTH, 1.7 + 0.36 * len(names)))
    ax.set(xscale="log", ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)), yticklabels=names)
    ax.plot([seconds[name] for name in names], range(len(names)), "o", color=BLUE, markersize=9)
    for row, name in enumerate(names):
        text = f"{seconds[name]:.3g} s"
        ax.annotate(text, (seconds[name], row), (9, 0), textcoords="offset points", va="center", bbox=PLATE)
    ax.set_xlim(min(seconds.values()) / 2, max(seconds.values()) * 4)
    ax.xaxis.set_major_formatter(PLAIN)
    title = f"CPU seconds to a validation error of {error:.3f}"
    ax.set(title=title, xlabel="CPU seconds of training, logarithmic: further left is better")
    missing = f" Not reached by: {listed(never)}." if never else ""
    if never:
        figure.supxlabel(f"not reached: {listed(never)}", x=0.02, ha="left", color=GREY, fontsize=9, wrap=True)
    save(folder, "seconds_to_error.png", figure)
    return "seconds_to_error.png", (
        f"Dot chart “{title}”: {listed(f'{name} {seconds[name]:.3g} s' for name in names)}.{missing}"
    )


def growth(folder, nb_ratings, seconds):
    """Draw how the CPU seconds of an epoch grow with the ratings, on two logarithmic axes."""
    use_style()
    figure, ax = plt.subplots(figsize=(WIDTH, 4.6))
    for (name, values), colour, marker in zip(
        seconds.items(), cycle([*COLOURS, GREY]), cycle([*MARKERS, "X"]), strict=False
    ):
        ax.plot(nb_ratings, values, color=colour, marker=marker, label=name)
    ax.set(xscale="log", yscale="log", xlabel="training ratings", ylabel="CPU seconds an epoch")
    ax.set_title("How an epoch grows with the data")
    ax.set_xticks(nb_ratings, [f"{count:,}" for count in nb_ratings])
    ax.set_xticks([], minor=True)
    ax.yaxis.set_major_formatter(PLAIN)
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    save(folder, "growth.png", figure)
    told = listed(f"{name} from {values[0]:.3g} to {values[-1]:.3g} s" for name, values in seconds.items())
    ends = f"from {nb_ratings[0]:,} to {nb_ratings[-1]:,} ratings"
    return "growth.png", f"Line chart “How an epoch grows with the data”, {ends}: {told}."
