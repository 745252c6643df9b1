"""Errors as a student should see them: the message and the student's own lines, none of the library's."""

import linecache
import re
import traceback

from helpers.colour import in_colour

PLAIN_WORDS = {  # what a message speaks of, and what it means
    "nonetype": "Something is None: does a function above end without `return`?",
    "'pad_sequence' is not defined": "Import it first: from torch.nn.utils.rnn import pad_sequence.",
    "is not defined": "Has the cell that defines this name been run since the kernel was started? Is it spelt alike?",
    r"before module.__init__\(\)": "Layers can be added only after `super().__init__()`, the first line of `__init__`.",
    "'__init__' of 'super' object": "Write `super().__init__()`, with parentheses behind `super`, too.",
    "index out of range in self": (
        "An id must be smaller than the number of rows of the embedding it looks up, and not below 0."
    ),
    "shape of the mask": "A mask selects from a tensor of its own shape: print `.shape` of both.",
    "shape mismatch: indexing": "The index tensors of that line have shapes that do not fit: print `.shape` of each.",
    "shape mismatch: value": "The place to write to has another shape than what is written: print `.shape` of both.",
    "too many indices": "There are more indices than the tensor has dimensions: print its `.shape`.",
    "out of bounds for dimension": "An index must be smaller than the size of its dimension, and counting starts at 0.",
    "used as indices must be": "An index is an integer tensor, or a mask of True and False: convert it with .long().",
    "expected sequence of length": "Rows of different lengths make no tensor: fill the shorter ones up first.",
    "is invalid for input of size": "A new shape must hold as many numbers as the old one: print its `.shape`.",
    "only one element tensors|single element can be converted": (
        "torch.tensor makes a tensor of numbers; tensors are put together with torch.stack or torch.cat."
    ),
    "sample larger than population": "A review may have fewer words than are drawn: draw min(max_len, len(review)).",
    "1d tensors expected": (
        "torch.dot takes two single vectors. With a vector in each row: multiply, then sum over dimension 1."
    ),
    "offsets has to be": "Words in one line need offsets; text as it comes, (batch, words), needs none.",
    "can require gradients": "A parameter holds decimal numbers: write 3.0, not 3.",
    "second time": "A result was gone back through twice: .backward() is the loop's part, once in each step.",
    "only for scalar outputs": "Only from one number can one go back: take the mean over the batch first.",
    "with more than one value is ambiguous": (
        "One True or False is wanted here, not a tensor of them: use & and | for `and` and `or`. "
        "A loss is built before it is called: nn.MSELoss()(a, b)."
    ),
    r"not compiled with cuda|no nvidia driver|\bmps\b": (
        "Such a device is not here: make new tensors with the `device=` of one that is given."
    ),
    "'(embedding|embeddingbag|linear)' object has no attribute": "The table of a layer is its `.weight`.",
    "'korenmf' object has no attribute 'mean'": "A KorenMF calls its mean `gmean`.",
    "'torch.device' object has no attribute": (
        "This is the class itself: make a model of it first, with its sizes in parentheses behind its name."
    ),
    "cannot unpack non-iterable": "One thing came where several are taken apart: does the function return all of them?",
    "'list' object has no attribute": "A list is no tensor: make one of it, with torch.tensor or torch.stack.",
    "must match the size of tensor|sizes of tensors must match|to be equal size": (
        "Two shapes do not fit together: print `.shape` of both sides of that line."
    ),
    "shapes cannot be multiplied": "The inner sizes of a matrix product differ: print `.shape` of both factors.",
    "dimension out of range": "The tensor has no such dimension: print its `.shape`. The first is 0, the last is -1.",
    "scalar types: long, int": "An embedding looks up whole numbers: ids must be integer tensors (torch.long).",
    "expected scalar type|the same dtype|found dtype": (
        "Two tensors have different types: print `.dtype` of both, and convert one with .float() or .long()."
    ),
    "tensors to be on the same device": (
        "Two tensors live on different devices: make new ones with `device=`, or move one with .to(device)."
    ),
    "leaf variable that requires grad": (
        "A weight is changed in place. In `forward`, write x = x + y, not x += y; to start a weight, wrap that line in "
        "`with torch.no_grad():`."
    ),
    "as parameter": (
        "A Parameter stays one: change its numbers in place, with .fill_ or .copy_ inside `with torch.no_grad():`."
    ),
    "does not require grad": (
        "No weight has a part in this result: was it cut off by .detach(), .item() or torch.no_grad()?"
    ),
}

MOST_LINES = 4
NOT_SO = "Has each cell above been run, and each check above passed? Complete what is missing, then run on from there."
NO_KEY = "A dictionary holds nothing under this key. If a cell above fills it: has it been run, and did it end well?"
STILL_TO_DO = "○ A `...` still stands where an answer belongs: complete that exercise first, then run its cell again."


class PlainError(Exception):
    """An error whose text is all there is to know: notebooks show it without a traceback."""

    def _render_traceback_(self):
        return [in_colour(line) for line in str(self).splitlines()]


def in_plain_words(error):
    """Return a sentence that explains a common error, or None."""
    if name := lacks_self(error):
        return f"Write `self.{name}`: a layer, or a parameter, is reached through `self`."
    message = str(error).lower()
    return next((sentence for pattern, sentence in PLAIN_WORDS.items() if re.search(pattern, message)), None)


def lacks_self(error):
    """Return the name that a method used without the `self.` that would lead to it; None if that is not the cause."""
    name = getattr(error, "name", None) if isinstance(error, NameError) else None
    for frame, _ in traceback.walk_tb(error.__traceback__) if name else ():
        if "self" in frame.f_locals and hasattr(frame.f_locals["self"], name):
            return name
    return None


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

    They are four at most, so that with a line above them they are still few. Of a long message the first two lines are
    kept (torch adds lists of signatures); of many own lines (an endless recursion has thousands) the outermost and the
    last ones.
    """
    own = [f"  {line}" for line in own_lines(error)]
    if type(error) is KeyboardInterrupt:
        return [shorten(line) for line in ["Stopped by hand.", *own[-1:]]]
    if isinstance(error, AssertionError) and own and not str(error):
        return [shorten(line) for line in ["This ought to hold, and does not:", *own[-1:], NOT_SO]]
    if "ellipsis" in str(error):
        return [STILL_TO_DO, *own[-1:]]
    first, *rest = str(error).splitlines()[:2] or [""]
    lines = [f"{type(error).__name__}: {first}" if first else type(error).__name__, *rest]
    meaning = [sentence for sentence in [NO_KEY if type(error) is KeyError else in_plain_words(error)] if sentence]
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
