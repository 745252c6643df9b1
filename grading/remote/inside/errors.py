"""A student's exception as a message: its type, its text, the student's own lines, and what it most likely means."""

from helpers.errors import own_lines
from helpers.meanings import in_plain_words

from .limits import TimeIsUp
from .messages import Error
from .values import well_formed

MOST_CHARACTERS = 2_000
MOST_OF_A_MEANING = 300


def describe_error(error: BaseException) -> Error:
    """Return an exception's class and those it is derived from, its text, and the student's own lines."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    try:
        message = str(error)
    except TimeIsUp:
        raise
    except BaseException as another:  # an exception of the student's own may fail to say what it is
        message = f"(its text cannot be read: {type(another).__name__})"
    lines = [well_formed(str(line)[:200]) for line in own_lines(error)]
    lines = [*lines[:1], *lines[1:][-3:]]
    return Error(kinds[0], kinds[:10], well_formed(message[:MOST_CHARACTERS]), lines, meaning_of(error, lines))


def meaning_of(error: BaseException, lines: list[str]) -> str:
    """Return in plain words what an exception means, or nothing: the frames that tell it are on this side alone."""
    try:
        return well_formed((in_plain_words(error, lines) or "")[:MOST_OF_A_MEANING])
    except TimeIsUp:
        raise
    except BaseException:  # what is looked at may be an object of the student's own, and raise anything
        return ""
