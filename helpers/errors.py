"""Errors as a student should see them: the message and the student's own lines, none of the library's."""

import linecache
import re
import traceback

from helpers.colour import in_colour

PLAIN_WORDS = {  # what a message speaks of, and what it means
    "nonetype": "Something is None: does a function above end without `return`?",
    "is not defined": "Has the cell that defines this name been run since the kernel was started? Is it spelt alike?",
    r"before module.__init__\(\)": "Layers can be added only after `super().__init__()`, the first line of `__init__`.",
    "index out of range in self": "An id must be smaller than the number of rows of the embedding it looks up.",
    "must match the size of tensor": "Two shapes do not fit together: print `.shape` of both sides of that line.",
    "shapes cannot be multiplied": "The inner sizes of a matrix product differ: print `.shape` of both factors.",
    "dimension out of range": "The tensor has no such dimension: print its `.shape`. The first is 0, the last is -1.",
    "scalar types: long, int": "An embedding looks up whole numbers: ids must be integer tensors (torch.long).",
    "expected scalar type|the same dtype|found dtype": (
        "Two tensors have different types: print `.dtype` of both, and convert one with .float() or .long()."
    ),
    "tensors to be on the same device": (
        "Two tensors live on different devices: make new ones with `device=`, or move one with .to(device)."
    ),
    "leaf variable that requires grad": "A weight is changed in place: wrap that line in `with torch.no_grad():`.",
    "as parameter": (
        "A Parameter stays one: change its numbers in place, with .fill_ or .copy_ inside `with torch.no_grad():`."
    ),
    "does not require grad": (
        "No weight has a part in this result: was it cut off by .detach(), .item() or torch.no_grad()?"
    ),
}


STILL_TO_DO = "○ A `...` still stands where an answer belongs: complete that exercise first, then run its cell again."


class PlainError(Exception):
    """An error whose text is all there is to know: notebooks show it without a traceback."""

    def _render_traceback_(self):
        return [in_colour(line) for line in str(self).splitlines()]


def in_plain_words(error):
    """Return a sentence that explains a common torch error, or None."""
    message = str(error).lower()
    return next((sentence for pattern, sentence in PLAIN_WORDS.items() if re.search(pattern, message)), None)


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
            lines.append(f"in {where}, line {number}: {code}")
    return lines


def explain(error):
    """Return `error` as the lines that a student reads: what, where in the student's own code, and what it may mean.

    They are six at most: of a long message the first two lines (torch adds lists of signatures), of many own lines (an
    endless recursion has thousands) the outermost and the last two.
    """
    message, own = str(error).splitlines()[:2], own_lines(error)
    if "ellipsis" in str(error):
        return [STILL_TO_DO, *(f"  {line}" for line in own[-1:])]
    lines = [": ".join([type(error).__name__, *message[:1]]), *message[1:]]
    lines += [f"  {line}" for line in (own if len(own) <= 3 else [own[0], *own[-2:]])]
    return lines + [sentence for sentence in [in_plain_words(error)] if sentence]


def shorten_tracebacks(shell):
    """From now on, let `shell` (IPython's) show an exception as `explain` writes it."""

    def show(shell, kind, error, frames, tb_offset=None):
        if not hasattr(error, "_render_traceback_"):
            error._render_traceback_ = lambda: [in_colour(line) for line in explain(error)]
        shell.showtraceback((kind, error, frames), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), show)
