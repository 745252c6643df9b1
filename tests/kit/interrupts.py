"""Processes that Ctrl-C reaches, wherever the tests themselves run."""

import signal


def minding_ctrl_c():
    """Mind Ctrl-C, as a process does that a person starts: what runs in the background starts others that ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
