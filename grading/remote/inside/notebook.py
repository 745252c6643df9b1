"""A notebook in a fork of its own: its cells, one after the other, and the examinations between them."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type

from .calls import Calls
from .cuda import WithoutCuda
from .errors import describe_error
from .forks import in_a_fork
from .limits import TimeIsUp, limited
from .messages import Begin, Ended, Examine, Finish, Ran, Run, Started
from .values import well_formed
from .wire import Channel


def serve_notebook(channel: Channel, begin: Begin) -> None:
    """Do what the grader asks until the notebook is finished: run a cell, or examine an answer in a fork."""
    if begin.without_cuda:
        WithoutCuda.start()
    put_beside(begin.modules)
    shell = Shell()
    channel.send(Started())
    while (frame := channel.receive()) is not None:
        match frame.message:
            case Finish():
                return
            case Run(source, seconds):
                channel.send(shell.run(source, seconds))
            case Examine(seed, seconds):
                calls = Calls(channel, shell.names, seconds)
                channel.send(Ended(in_a_fork(calls.serve, seed)))
            case other:
                raise TypeError(f"a request out of place: {type(other).__name__}")


def put_beside(modules: Mapping[str, bytes]) -> None:
    """Put the modules that were handed in beside the notebook where it looks for them."""
    for name, content in modules.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class Unseen(DisplayHook):
    """Shows nobody the value of a cell's last line."""

    def __call__(self, result: object = None) -> None:
        """Do nothing."""


class Unpublished(DisplayPublisher):
    """Shows nobody the pictures and tables of a cell."""

    def publish(self, *arguments: Any, **keywords: Any) -> None:
        """Do nothing."""


class UnseenShell(InteractiveShell):
    """An IPython shell as notebooks have it, without anyone who looks at it."""

    displayhook_class = Type(Unseen)
    display_pub_class = Type(Unpublished)

    def _showtraceback(self, *arguments: Any) -> None:
        """Do nothing: the error is taken from the cell's result."""


class Shell:
    """Runs cells, and tells what they printed and raised."""

    def __init__(self) -> None:
        self.shell = UnseenShell.instance(colors="NoColor")
        sys.path.append(str(Path.cwd()))  # as in Jupyter, modules may lie beside the notebook; ours come first
        if self.shell.history_manager:
            self.shell.history_manager.enabled = False

    @property
    def names(self) -> dict[str, Any]:
        """The names that the notebook has defined so far."""
        return self.shell.user_ns

    def run(self, source: str, seconds: float) -> Ran:
        """Run a cell; return what it printed, and its error, if it had one."""
        importlib.invalidate_caches()  # a cell before may have written a module
        with limited(seconds) as printed:
            try:
                result = self.shell.run_cell(source, store_history=False)
                error = result.error_before_exec or result.error_in_exec
                told = describe_error(error) if error else None
            except TimeIsUp as late:  # it came while IPython itself was at work, or the error was read
                told = describe_error(late)
        close_figures()
        return Ran(well_formed(printed.getvalue()), told)


def close_figures() -> None:
    """Forget the figures that a cell drew."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
