"""What has been run in this kernel: which cells, how they ended, and which names they gave.

A cell that ends in an error, or that spells a name otherwise, leaves what was defined before it in its place. Whoever
judges a name asks here whether it is the one that stands in the notebook.
"""

import ast
import re
from typing import NamedTuple

DEFINITION = re.compile(r"^(?:def|class|async def)\s+(\w+)|^(\w+(?:\s*,\s*\w+)*)\s*=[^=]", re.MULTILINE)


class Run(NamedTuple):
    """A cell that was run."""

    cell: str | None  # its id, where the front end tells it
    names: frozenset  # what it says that it defines
    defined: frozenset  # what it did define: these names stood for something else before
    failed: bool


class Runs:
    """The cells that were run in a shell (IPython's), in their order, from the moment at which it was made."""

    def __init__(self, shell):
        self.shell, self.runs, self.source, self.objects = shell, [], "", {}
        shell.events.register("pre_run_cell", self.begin)
        shell.events.register("post_run_cell", self.end)

    def begin(self, info):
        """Note what is being run."""
        self.source = info.raw_cell or ""

    def end(self, result):
        """Note how a cell ended."""
        names = names_in(result.info.raw_cell or "")
        space = self.shell.user_ns
        defined = {name for name in names if name in space and self.objects.get(name, self) is not space[name]}
        self.objects |= {name: space[name] for name in defined}
        cell = getattr(result.info, "cell_id", None)
        self.runs.append(Run(cell, frozenset(names), frozenset(defined), not result.success))

    def older(self, name):
        """Return in a sentence why `name` is not what its cell says now; None if nothing speaks for that."""
        last = max((n for n, run in enumerate(self.runs) if name in run.defined), default=None)
        if last is None or self.shell.user_ns.get(name) is not self.objects[name]:  # it may be of the running cell
            return None
        for run in reversed(self.runs[last + 1 :]):
            if name in run.names and run.failed:
                return (
                    f"the cell that defines `{name}` ended in an error when it was run last, so that `{name}` is still "
                    "an older one.\n  Mend that cell and run it, then this one again."
                )
            if run.cell and run.cell == self.runs[last].cell and not run.failed and name not in run.names:
                others = ", ".join(f"`{other}`" for other in sorted(run.names)) or "nothing"
                return (
                    f"this check looks at `{name}`, and its cell, as it was run last, defines {others}: the `{name}` "
                    "that is still there is an older one.\n  Is the name spelt as it was given?"
                )
        return None

    def failed_to_define(self, name):
        """Whether the last cell that should have defined `name` ended in an error."""
        run = next((run for run in reversed(self.runs) if name in run.names), None)
        return run is not None and run.failed and name not in run.defined


def names_in(source):
    """Return the names that a cell gives something at its outermost level; of one that is no Python, by its lines."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # a cell of the notebook may be no Python, or not yet
        found = (
            part for match in DEFINITION.findall(source) for group in match for part in re.split(r"\s*,\s*", group)
        )
        return {name for name in found if name}
    names = {part.name for part in body if isinstance(part, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)}
    targets = (target for part in body if isinstance(part, ast.Assign) for target in part.targets)
    return names | {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def names_asked(source, check):
    """Return the names that a cell gives to `checks.<check>`."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    calls = [part for part in ast.walk(tree) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
    asked = [part for call in calls if call.func.attr == check for part in call.args]
    return [part.id for part in asked if isinstance(part, ast.Name)]


WATCHED = []  # the Runs of this kernel's shell, once `watch` was called


def watch(shell):
    """Note from now on what is run in `shell`, once."""
    if not WATCHED:
        WATCHED.append(Runs(shell))


def failed_to_define(name):
    """Whether the last cell that should have defined `name` ended in an error."""
    return any(runs.failed_to_define(name) for runs in WATCHED)


def why_older(check):
    """Return why one of the names that the running cell gives to a check is an older one; None if none is."""
    for runs in WATCHED:
        asked = names_asked(runs.source, check)
        return next((sentence for name in asked if (sentence := runs.older(name))), None)
    return None
