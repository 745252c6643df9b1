"""What is shown while work goes on, and that leaves nothing behind in the notebook."""

import sys

from tqdm import tqdm

FORMAT = "{bar:40} epoch {n_fmt} of {total_fmt}"


def progress(epochs):
    """Return range(epochs) as an iterable that shows how far it is, in a notebook or a terminal; logs stay clean."""
    shell = notebook_shell()
    options = {"leave": False, "bar_format": FORMAT}
    return NotebookBar(range(epochs), shell=shell, **options) if shell else tqdm(range(epochs), disable=None, **options)


def notebook_shell():
    """Return the shell of the Jupyter kernel that this code runs in, or None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


class NotebookBar(tqdm):
    """A tqdm bar in one display that moves in place, and that is empty once the loop or the cell has ended.

    tqdm's own text bar would leave its last state and stray carriage returns in the saved notebook, and its widget an
    error message where the notebook is opened again.
    """

    handle = None

    def __init__(self, *args, shell, **options):
        self.shell = shell
        shell.events.register("post_run_cell", self.end)
        super().__init__(*args, **options)

    def display(self, msg=None, pos=None):
        """Draw the bar, or replace the bar drawn before."""
        from IPython.display import display

        content = {"text/plain": str(self)}
        if self.handle is None:
            self.handle = display(content, raw=True, display_id=True)
        else:
            self.handle.update(content, raw=True)

    def end(self, result):
        """Close the bar when its cell has ended, also by an error or an interrupt."""
        self.close()

    def close(self):
        """Empty the display."""
        if self.disable:
            return
        self.disable = True
        self.shell.events.unregister("post_run_cell", self.end)
        self._instances.discard(self)  # tqdm's list of open bars
        if self.handle is not None:
            self.handle.update({}, raw=True)
