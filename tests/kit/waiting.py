"""Waiting for what other processes do."""

import time


def wait_for(condition, seconds):
    """Wait until a condition holds; return what it returned."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.1)
    return found
