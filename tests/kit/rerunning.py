"""What test_rerun does inside of a notebook's kernel: it notes the numbers that a cell leaves, and sets chance back."""

import hashlib
import json
import random
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

from helpers.training import History

VOLATILE = {"seconds"}  # what two runs may differ in
LONGEST = 1_000  # a longer list is data, which no cell changes

before = after_first = {}
chance = None


def begin(names):
    """Note what there is before a cell runs for the first time, and where all random numbers stand."""
    global before, chance
    before, chance = noted(names), state(names)


def between(names):
    """Note what the first run left, and set the random numbers back to where they stood before it.

    So a second run differs from the first only where it starts from something else. A cell that trains gets no such
    help with torch's numbers, which the new model is drawn from: it sets the seed itself.
    """
    global after_first
    after_first = noted(names)
    restore(chance)
    if any(isinstance(value, History) for name, value in names.items() if after_first.get(name) != before.get(name)):
        torch.manual_seed(987)


def end(names, cell):
    """Print what the second run left otherwise than the first, as JSON: [cell, name, then, now]."""
    now = noted(names)
    changed = [name for name in now.keys() | after_first.keys() if now.get(name) != after_first.get(name)]
    print(json.dumps([[cell, name, after_first.get(name), now.get(name)] for name in sorted(changed)]))


def state(names):
    """Return where Python's, numpy's and torch's random numbers stand, and those of the loaders among `names`."""
    loaders = [value for value in names.values() if isinstance(value, DataLoader)]
    generators = [loader.generator or getattr(loader.sampler, "generator", None) for loader in loaders]
    own = [(generator, generator.get_state()) for generator in generators if generator is not None]
    return random.getstate(), np.random.get_state(), torch.get_rng_state(), own


def restore(state):
    """Set all random numbers to where they stood."""
    python, numpy, of_torch, own = state
    random.setstate(python)
    np.random.set_state(numpy)
    torch.set_rng_state(of_torch)
    for generator, stood in own:
        generator.set_state(stood)


def noted(names):
    """Return the numbers that `names`, a notebook's namespace, hold, as texts; `_` is what a cell threw away."""
    kept = {name: value for name, value in names.items() if not name.startswith("_") and name not in ("In", "Out")}
    texts = {name: text(value) for name, value in kept.items()}
    return {name: said for name, said in texts.items() if said is not None}


def text(value):
    """Return numbers, tables of numbers and whatever holds some as a text that is another for other numbers."""
    match value:
        case nn.Module():
            return text(dict(value.named_parameters()))
        case torch.Tensor():
            return text(value.detach().cpu().numpy()) + (
                f" gradient {text(value.grad)}" if value.is_leaf and value.grad is not None else ""
            )
        case np.ndarray():
            return (
                f"{value.dtype} {value.shape} {hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:16]}"
            )
        case History():
            return text({"train": value.train, "val": value.val})
        case dict() if len(value) <= LONGEST:
            return str({key: text(part) for key, part in value.items() if key not in VOLATILE})
        case list() | tuple() | set() if len(value) <= LONGEST:
            return str([text(part) for part in value])
        case bool() | int() | float() | str() | np.generic() | Path() | torch.device():
            return repr(value)
    return None
