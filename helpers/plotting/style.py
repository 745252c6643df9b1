"""One style for all figures, and what they share."""

import warnings
from html import escape

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patheffects import withStroke

# Okabe and Ito's colours, safe for the colour-blind, ordered so that neighbours also differ in grey.
COLOURS = BLUE, ORANGE, BLACK, GREEN, PURPLE, RED = "#0072B2", "#E69F00", "#000000", "#009E73", "#CC79A7", "#D55E00"
MARKERS = "o", "s", "^", "D", "v", "P"
INK, GREY = "#222222", "#666666"
HALO = [withStroke(linewidth=3, foreground="white")]  # keeps a text readable where it crosses a line or a point
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # the same, hiding what lies behind
WIDTH = 8  # inches, 800 pixels


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
    # A letter that no font at hand has, such as a Chinese one, is drawn as a box. The box says enough.
    warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from|Matplotlib currently does not support")


def array(values, name):
    """Return a list, array or tensor as an array that holds something."""
    values = values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    if values.size == 0:
        raise ValueError(f"{name} is empty: there is nothing to draw.")
    return values


def show(alt):
    """Show the figure, where there is a screen or a notebook to show it in; `alt` says it to who cannot see it."""
    backend = plt.get_backend().lower()
    if "inline" in backend:
        show_in_notebook(plt.gcf(), alt)
    elif backend != "agg":  # Agg draws files alone: it may warn that it cannot show
        plt.show()


def show_in_notebook(figure, alt):
    """Display `figure`, and close it. Jupyter gives a PNG alone no alternative text; in HTML, a picture has its own."""
    from IPython.core.pylabtools import print_figure
    from IPython.display import display

    png = print_figure(figure, base64=True)
    html = f'<img src="data:image/png;base64,{png}" alt="{escape(alt)}">'
    display({"image/png": png, "text/html": html, "text/plain": alt}, raw=True)
    plt.close(figure)


def listed(parts):
    """Return texts as a list to be read out: "a, b and c"."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
