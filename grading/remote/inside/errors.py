"""A student's exception as plain JSON: its type, its message, the student's own lines."""

from helpers.errors import own_lines

MOST_CHARACTERS = 2_000


def describe_error(error):
    """Return an exception's name, its builtin kind, message and own lines."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    try:
        message = str(error)
    except BaseException as another:  # an exception of the student's own may fail to say what it is
        message = f"(its text cannot be read: {type(another).__name__})"
    lines = [str(line)[:200] for line in own_lines(error)]
    return {
        "kinds": kinds[:10],
        "message": message[:MOST_CHARACTERS],
        "own_lines": [*lines[:1], *lines[1:][-3:]],
    }
