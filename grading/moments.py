"""Times that people type."""

import argparse
from datetime import datetime


def moment(text: str) -> datetime:
    """Return the time that a text says, which is here if it names no zone."""
    if len(text) <= len("2026-11-24"):
        raise argparse.ArgumentTypeError(f"{text} names no time of the day: 2026-11-24T23:59")
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no time such as 2026-11-24T23:59") from None
