"""What a kernel runs before the first cell: what goes wrong before the session's set-up was run is said in a sentence.

JupyterLab runs this in each kernel, whichever Python that has (lab_config.py says so); whoever else starts a kernel of
our environment, as VS Code does, runs it too (start.py says so there). The set-up cell puts its own in the place.
"""


def speak_plainly(shell):
    """Let `shell` (IPython's) say in a sentence that the set-up was not run, or that the kernel is another's."""
    import logging
    import warnings
    from importlib.util import find_spec

    def show(shell, kind, error, frames, tb_offset=None):
        said = str(error)
        if isinstance(error, NameError):
            said = "○ {}: run the first code cell of the notebook before this one. It sets up what the others use."
        elif find_spec("helpers") is None:
            said = (
                "✗ {}: this kernel is not the session's. Choose another: in JupyterLab, Kernel, Change Kernel, "
                "Python 3; in VS Code, Select Kernel, Python Environments, .venv."
            )
        else:
            return shell.showtraceback((kind, error, frames), tb_offset=tb_offset)
        error._render_traceback_ = lambda: [said.format(error)]
        return shell.showtraceback((kind, error, frames), tb_offset=tb_offset)

    shell.set_custom_exc((NameError, ModuleNotFoundError), show)
    # what a kernel complains of when it is restarted in the middle of a cell, or ended, would stand in the terminal
    shell.parent.log.setLevel("CRITICAL")
    logging.getLogger("asyncio").addFilter(lambda record: "IPythonKernel" not in record.getMessage())
    warnings.filterwarnings("ignore", "coroutine 'IPythonKernel", RuntimeWarning)


if hasattr(globals().get("get_ipython", str)(), "kernel"):  # not so in the Python of a terminal
    speak_plainly(get_ipython())  # noqa: F821 - IPython puts it here
del speak_plainly
