"""What every notebook of the session does first."""

import random

import numpy as np
import torch

from helpers import plotting, runs
from helpers.errors import shorten_tracebacks


def seed_everything(seed=0):
    """Fix the random numbers of Python, numpy and torch: after a restart, the same machine prints the same digits.

    Another processor adds in another order, and training carries the last bit of a sum on into digits that one reads.
    So whatever depends on training is said to the digits that hold, most often two decimals, and with "about".
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def start(seed=0):
    """Fix the seeds, set the style of the figures, and keep error messages in the notebook short."""
    seed_everything(seed)
    # the session's tensors are small: a second thread brings nothing, and where cores are busy it costs tenfold
    torch.set_num_threads(1)
    plotting.use_style()
    try:
        shell = get_ipython()
    except NameError:  # a plain Python script has no notebook to speak to
        return
    shorten_tracebacks(shell)
    runs.watch(shell)
