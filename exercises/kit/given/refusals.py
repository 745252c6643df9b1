"""What a check raises: the answer is wrong, or still to do."""

from helpers.errors import PlainError


class Wrong(PlainError):
    """The answer is wrong; the text says in what way."""


class StillToDo(PlainError):
    """The `...` of the exercise is still there."""
