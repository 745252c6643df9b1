"""Errors as a student should see them: the message and the student's own lines, none of the library's."""

import linecache
import traceback

from helpers.colour import in_colour
from helpers.meanings import in_plain_words

MOST_LINES = 4
NOT_SO = "Has each cell above been run, and each check above passed? Complete what is missing, then run on from there."
NO_KEY = "A dictionary holds nothing under this key. If a cell above fills it: has it been run, and did it end well?"
STILL_TO_DO = "○ A `...` still stands where an answer belongs: complete that exercise first, then run its cell again."


class PlainError(Exception):
    """An error whose text is all there is to know: notebooks show it without a traceback."""

    def _render_traceback_(self):
        return [in_colour(line) for line in str(self).splitlines()]


def own_lines(error):
    """Return where `error` passed through code written in the notebook: 'in name, line n: code', outermost first.

    Code typed into a notebook runs in the module `__main__`; helpers, torch and the standard library do not. An error
    that was raised in another process brings its `own_lines` along.
    """
    if hasattr(error, "own_lines"):
        return error.own_lines
    lines = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "__main__":
            where = frame.f_code.co_qualname.replace("<module>", "this cell").replace(".<locals>", "")
            code = linecache.getline(frame.f_code.co_filename, number).strip()
            line = f"in {where}, line {number}: {code}"
            if not (where.endswith(("<listcomp>", "<genexpr>", "<dictcomp>")) and lines and lines[-1].endswith(code)):
                lines.append(line)  # what goes through a list is not said twice
    return lines


def explain(error):
    """Return `error` as the lines that a student reads: what, where in the student's own code, and what it may mean.

    They are four at most, so that with a line above them they are still few. Of a long message the first two lines are
    kept (torch adds lists of signatures); of many own lines (an endless recursion has thousands) the outermost and the
    last ones.
    """
    passed = own_lines(error)
    own = [f"  {line}" for line in passed]
    if type(error) is KeyboardInterrupt:
        return [shorten(line) for line in ["Stopped by hand.", *own[-1:]]]
    if isinstance(error, AssertionError) and own and not str(error):
        return [shorten(line) for line in ["This ought to hold, and does not:", *own[-1:], NOT_SO]]
    if "ellipsis" in str(error):
        return [STILL_TO_DO, *own[-1:]]
    first, *rest = str(error).splitlines()[:2] or [""]
    lines = [f"{type(error).__name__}: {first}" if first else type(error).__name__, *rest]
    meant = in_plain_words(error, passed) or (NO_KEY if type(error) is KeyError else None)
    meaning = [meant] if meant else []
    room = MOST_LINES - len(lines) - len(meaning)
    if len(own) > room:
        own = [*own[:1], *own[1 - room :]] if room > 1 else own[-1:]
    return [shorten(line) for line in [*lines, *own, *meaning]]


def shorten(line):
    """Return a line, without its end if it is long."""
    return line if len(line) <= 180 else f"{line[:177]}..."


def shorten_tracebacks(shell):
    """From now on, let `shell` (IPython's) show an exception as `explain` writes it."""

    def show(shell, kind, error, frames, tb_offset=None):
        if not hasattr(error, "_render_traceback_"):
            error._render_traceback_ = lambda: [in_colour(line) for line in explain(error)]
        shell.showtraceback((kind, error, frames), tb_offset=tb_offset)

    shell.set_custom_exc((Exception, KeyboardInterrupt), show)
