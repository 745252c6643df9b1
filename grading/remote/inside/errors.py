"""A student's exception as a message: its type, its text, the student's own lines."""

from helpers.errors import own_lines

from .messages import Error
from .values import well_formed

MOST_CHARACTERS = 2_000


def describe_error(error: BaseException) -> Error:
    """Return an exception's class and those it is derived from, its text, and the student's own lines."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    try:
        message = str(error)
    except BaseException as another:  # an exception of the student's own may fail to say what it is
        message = f"(its text cannot be read: {type(another).__name__})"
    lines = [well_formed(str(line)[:200]) for line in own_lines(error)]
    return Error(kinds[0], kinds[:10], well_formed(message[:MOST_CHARACTERS]), [*lines[:1], *lines[1:][-3:]])
