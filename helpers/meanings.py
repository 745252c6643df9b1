"""What an error most likely means, in a sentence: by what it says, and by what the student's code was doing."""

import difflib
import re
import sys
import traceback

from helpers.runs import failed_to_define

NOT_RUN = "Has the cell that defines this name been run since the kernel was started? Is it spelt alike?"
FREEZING = "to start a weight, wrap that line in `with torch.no_grad():`."
INDEX_OF_A_LIST = "A list takes one whole number as its index, no text and no tensor: .tolist() makes numbers of one."
TENSOR_OF_TENSORS = "torch.tensor makes a tensor of numbers; tensors are put together with torch.stack or torch.cat."
PLAIN_WORDS = {  # what a message speaks of, and what it means; the first that fits is taken
    "nonetype": "Something is None: does a function above end without `return`?",
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
    "expected sequence of length": (
        "Rows of different lengths make no tensor: fill the shorter ones up first. Texts as they are stay a list."
    ),
    "is invalid for input of size": "A new shape must hold as many numbers as the old one: print its `.shape`.",
    "list indices must be": INDEX_OF_A_LIST,
    "only one element tensors|single element can be converted": TENSOR_OF_TENSORS,
    "unsupported operand.*'list'": "A list is no number, and no tensor: len(...) is how long it is.",
    "expected tensor as element": "torch.stack and torch.cat take tensors; of numbers, torch.tensor makes one.",
    "elements cannot be converted to scalar": ".item() and float() take a tensor of one number.",
    r"^tensor\(": "A tensor is no key of a dictionary: look up a plain number, with .item() or .tolist().",
    "sample larger than population": "A review may have fewer words than are drawn: draw min(max_len, len(review)).",
    "1d tensors expected|expected 1-d argument": (
        "torch.dot takes two single vectors, and so does torch.outer. "
        "With a vector in each row: multiply, then sum over dimension 1."
    ),
    "offsets has to be": "Words in one line need offsets; text as it comes, (batch, words), needs none.",
    "can require gradients": "A parameter holds decimal numbers: write 3.0, not 3.",
    "second time": "A result was gone back through twice: .backward() is the loop's part, once in each step.",
    "only for scalar outputs": "Only from one number can one go back: take the mean over the batch first.",
    "modified by an inplace operation": (
        "A tensor was changed in place, by += or *= or x[...] =, that the gradients still need: write x = x + y."
    ),
    "with more than one value is ambiguous": (
        "One True or False is wanted here, not a tensor of them: use & and | for `and` and `or`. "
        "A loss is built before it is called: nn.MSELoss()(a, b)."
    ),
    r"not compiled with cuda|no nvidia driver|\bmps\b|invalid device|expected one of cpu": (
        "Such a device is not here: make new tensors with the `device=` of one that is given."
    ),
    "'(embedding|embeddingbag|linear)' object is not|unsupported operand.*'(embedding|embeddingbag|linear)'": (
        "A layer is called, with parentheses: self.users(user) looks up the rows of these ids."
    ),
    "'(embedding|embeddingbag|linear)' object has no attribute": "The table of a layer is its `.weight`.",
    "^type object '|'torch.device' object has no attribute": (
        "A class was given in place of a model: make one of it first, with its sizes in parentheses: KorenMF(...)."
    ),
    "cannot unpack non-iterable": "One thing came where several are taken apart: does the function return all of them?",
    "values to unpack": "There are more, or fewer, things on the right of that line than names on its left.",
    r"required positional argument|takes \d+ positional arguments?": (
        "That call passes other things than its `def` line takes: compare the two. A method's first is `self`."
    ),
    "unexpected keyword": "What is called knows no argument of that name: look at its `def` line.",
    "'list' object has no attribute|argument 'input'.* must be tensor, not list|type 'list'": (
        "A list is no tensor: make one of it, with torch.tensor or torch.stack."
    ),
    "'tuple' object has no attribute|must be tensor, not tuple": (
        "Several things came in a tuple: take it apart first, as in `out, *others = model(...)`."
    ),
    "object is not callable": (
        "What stands before those parentheses is no function: is a `self.` missing before it, or an operator, * or +?"
    ),
    "must match the size of tensor|sizes of tensors must match|to be equal size|inconsistent tensor size": (
        "Two shapes do not fit together: print `.shape` of both sides of that line."
    ),
    "shapes cannot be multiplied|mat1 and mat2|size mismatch": (
        "The inner sizes of a matrix product differ: print `.shape` of both factors."
    ),
    "dimension out of range": "The tensor has no such dimension: print its `.shape`. The first is 0, the last is -1.",
    "scalar types: long, int": (
        "An embedding looks up whole numbers: ids must be integer tensors (torch.long). "
        "Do the arguments come in the order in which they are taken?"
    ),
    "could not infer output dtype|can't be cast to the desired output type": (
        "Whole numbers are among them where decimal ones are wanted: convert them with .float()."
    ),
    "expected scalar type|the same dtype|found dtype": (
        "Two tensors have different types: print `.dtype` of both, and convert one with .float() or .long()."
    ),
    "tensors to be on the same device": (
        "Two tensors live on different devices: make new ones with `device=`, or move one with .to(device)."
    ),
    "as parameter": (
        "A Parameter stays one: change its numbers in place, with .fill_ or .copy_ inside `with torch.no_grad():`."
    ),
    "does not require grad": (
        "No weight has a part in this result: was it cut off by .detach(), .item() or torch.no_grad()?"
    ),
    "maximum recursion depth": "A function calls itself, and never comes to an end.",
    "convert a tensor that requires grad|can't call numpy": (
        "Stay with tensors: from the numbers of numpy, no gradient leads back to the weights."
    ),
}
ELSEWHERE = {  # what an exercise may want, and the notebook has not, or only below or above a certain cell
    "row_dot": "`row_dot` is your answer to Exercise 1.1: run its cell, or in another notebook copy it into one.",
    "pad_sequence": "Import it first: from torch.nn.utils.rnn import pad_sequence.",
    "tuple_batch": "`tuple_batch` stands in notebook 1; here it is to be written anew, with the words.",
    "mf_step": "`mf_step` is given in notebook 2, in 2.3: run its cell first.",
    "fit": "`fit` is given in notebook 2, in 2.4, and imported by the first cell of notebooks 3 and 4: run that.",
    "word_penalty": "`word_penalty` is given above, in 3.3: run its cell first.",
    "profile_penalty": "`profile_penalty` is given above, in 3.5: run its cell first.",
    "loss_func": "`loss_func` is your answer to Exercise 4.3: run its cell first.",
    "get_most_similar": "`get_most_similar` is given above, in 4.4: run its cell first.",
    "TextItem": "`TextItem` is your answer to Exercise 4.2: run its cell first.",
    "ClassicMF": "`ClassicMF` is your answer to Exercise 2.1: run its cell first.",
    "KorenMF": "`KorenMF` is your answer to Exercise 2.3: run its cell first.",
}
OTHERWISE = {  # letters of the formulas, and what models call them
    "mu": ("mean", "gmean"),
    "mean": ("gmean",),
    "b_u": ("umean",),
    "b_i": ("imean",),
}
IDS = re.compile(r"\b(?:user|item)\s*[*@]|[*@]\s*(?:user|item)\b")  # multiplied
SHORT = {"nn": "torch.nn", "F": "torch.nn.functional", "torch": "torch", "nn.init": "torch.nn.init", "random": "random"}


def in_plain_words(error, lines):
    """Return a sentence that explains an error, or None. lines: where it passed through the student's code.

    An error that was raised in another process may bring its `meaning` along.
    """
    if meaning := getattr(error, "meaning", None):
        return meaning
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    message = str(error).lower()
    closer = (sentence for look in CLOSER if (sentence := look(error, frames, lines)))
    plain = (sentence for pattern, sentence in PLAIN_WORDS.items() if re.search(pattern, message))
    return next(closer, None) or next(plain, None)


def missing_name(error, frames, lines):
    """Return what is to be written for a name that nothing bears."""
    name = getattr(error, "name", None) if isinstance(error, NameError) else None
    if not name:
        return NOT_RUN if "is not defined" in str(error) else None
    owner = next((frame.f_locals["self"] for frame in reversed(frames) if "self" in frame.f_locals), None)
    for own in (name, *OTHERWISE.get(name, ())):
        if owner is not None and hasattr(owner, own):
            return f"Write `self.{own}`: a layer, or a parameter, is reached through `self`."
    known = {known for frame in frames[-1:] for known in (*frame.f_locals, *frame.f_globals)} - set(ELSEWHERE)
    meant = like(name, known, "`{}` is not there, but `{}` is: is that meant?")
    if failed_to_define(name):
        return f"The cell that should define `{name}` ended in an error: mend that first, and run it."
    if name in ELSEWHERE:
        return meant or ELSEWHERE[name]
    for short, module in SHORT.items():
        if hasattr(sys.modules.get(module), name) and lines and f"{name}(" in lines[-1]:
            return f"Write `{short}.{name}`: that is where it is given."
    return meant or NOT_RUN


def missing_attribute(error, frames, lines):
    """Return what is to be written for an attribute that an object of the student's, or a module of torch's, lacks."""
    match = re.fullmatch(r"(?:'(\w+)' object|module '([\w.]+)') has no attribute '(\w+)'", str(error).split("\n")[0])
    if not match or not isinstance(error, AttributeError):
        return None
    kind, module, name = match.groups()
    if module:
        given = dir(sys.modules.get(module))
        return like(name, given, f"There is no `{module}.{{}}`, but `{module}.{{}}`: is that meant?")
    here = (value for frame in reversed(frames) for value in frame.f_locals.values() if type(value).__name__ == kind)
    owner = next(here, None)
    there = {*getattr(owner, "_modules", ()), *getattr(owner, "_parameters", ()), *vars_of(owner)}
    sentence = f"A {kind} has no `{{}}`, but it has `{{}}`: is that meant?"
    for other in OTHERWISE.get(name, ()):
        if other in there:
            return sentence.format(name, other)
    found = like(name, there, sentence)
    if found or not any(f"self.{name}" in line for line in lines):
        return found
    lender = re.match(r"in (\w+)\.", lines[-1])
    if lender and lender[1] != kind:
        lent = next((frame.f_globals[lender[1]] for frame in reversed(frames) if lender[1] in frame.f_globals), None)
        if hasattr(lent, name):
            return f"`{name}` is a method of {lender[1]}, not borrowed yet: write {name} = {lender[1]}.{name}, too."
        return (
            f"This is borrowed from {lender[1]}, which sets `self.{name}` in its `__init__`: set it in {kind}'s, too."
        )
    return f"`self.{name}` is never set in `__init__`, or under another name."


def vars_of(owner):
    """Return the public names that an object keeps, and those of its class."""
    return {name for name in (*getattr(owner, "__dict__", ()), *vars(type(owner))) if not name.startswith("_")}


def like(name, others, sentence):
    """Return `sentence` with a name and the one of `others` that is spelt much like it; None if there is none."""
    others = [other for other in others if not other.startswith("_")]
    near = [other for other in others if squeezed(other) == squeezed(name)]
    near = near or difflib.get_close_matches(name, others, n=1, cutoff=0.8)
    return sentence.format(name, near[0]) if near else None


def squeezed(name):
    """Return a name without what is easily mistaken in it: case and underscores."""
    return name.lower().replace("_", "")


def foreign_id(error, frames, lines):
    """Return which id was looked up in which table, where it has no such row."""
    for frame in reversed(frames):
        ids, table = (frame.f_locals.get(name) for name in ("input", "weight"))
        if frame.f_code.co_name in ("embedding", "embedding_bag") and hasattr(ids, "numel") and is_whole(ids):
            low, high, rows = int(ids.min()), int(ids.max()), len(table)
            if low < 0:
                return f"An id of {low} was looked up: ids are never below 0. Here they go from 0 to {rows - 1}."
            own = [frame for frame in frames if frame.f_globals.get("__name__") == "__main__"]
            if high >= rows and own and "dic_size" in own[-1].f_code.co_names and "dic_size" in own[-1].f_globals:
                return "`dic_size` is the notebook's in that function: the table knows its own `num_embeddings`."
            if high >= rows:
                return f"Id {high} was looked up in a table with rows 0 to {rows - 1}: is it the right table, and id?"
    return None


def is_whole(ids):
    """Whether a tensor holds whole numbers, one at least."""
    return ids.numel() and not ids.is_floating_point()


def changed_weight(error, frames, lines):
    """Return how a weight may be changed, or that a prediction must not: by the function in which it is changed."""
    if "leaf variable that requires grad" not in str(error).lower():
        return None
    if lines and re.match(r"in [\w.]*\b(forward|compare|get_text|\w+_step|row_dot)\b", lines[-1]):
        return "Here += or the like would change a weight itself: make a new tensor, with x = x + y."
    return f"A weight is changed in place: {FREEZING} For a result, write x = x + y."


def ids_for_vectors(error, frames, lines):
    """Return that ids are no vectors, where they are multiplied as if they were."""
    if "dimension out of range" in str(error).lower() and lines and IDS.search(lines[-1]):
        return "`user` and `item` are ids, one number each: multiply the vectors that are looked up with them."
    return None


def tensor_as_index(error, frames, lines):
    """Return what a tensor should have been, where a whole number is wanted: torch says the same of two mistakes."""
    if "converted to an index" in str(error) and lines:
        return TENSOR_OF_TENSORS if "torch.tensor(" in lines[-1] else INDEX_OF_A_LIST
    return None


CLOSER = (missing_name, missing_attribute, foreign_id, changed_weight, ids_for_vectors, tensor_as_index)
