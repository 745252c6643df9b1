"""A check judges what its notebook says now, and nothing that an earlier run left behind: seen in a real kernel."""

import re

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.proof

SET_UP = """\
import torch
from torch import nn
from exercises import checks
from helpers import session
session.start()
"""
RIGHT = "def row_dot(a, b):\n    return (a * b).sum(dim=1)"
CHECK = "checks.row_dot(row_dot)"


def text_of(output):
    """Return what an output shows, as text."""
    if output.output_type == "execute_result":
        return output.data["text/plain"]
    return "\n".join(output.traceback) if output.output_type == "error" else output.text


class Notebook:
    """A kernel in which cells are run under ids, as JupyterLab does it."""

    def __init__(self):
        self.manager, self.client = start_new_kernel()
        self.run(SET_UP, "setup")

    def run(self, source, cell):
        """Run a cell; return what stands below it, without colours."""
        shown = []
        message = self.client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True},
            metadata={"cellId": cell},
        )
        self.client.shell_channel.send(message)
        while True:
            reply = self.client.get_iopub_msg(timeout=60)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                break
            if reply["msg_type"] in ("stream", "error", "execute_result"):
                output = nbformat.v4.output_from_msg(reply)
                shown.append(text_of(output))
        self.client.get_shell_msg(timeout=60)
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(shown))


@pytest.fixture(scope="module")
def started():
    one = Notebook()
    yield one
    one.client.stop_channels()
    one.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(started):
    """A notebook of which nothing but the set-up was run."""
    started.run("del row_dot", "own")
    started.run("from helpers import runs\nruns.WATCHED[0].runs.clear(), runs.WATCHED[0].objects.clear()", "own")
    return started


def test_an_answer_that_is_no_python_is_not_called_untouched_for_the_stub_before_it(notebook):
    assert "○ Exercise 1.1 is still to do" in notebook.run(
        "def row_dot(a, b):\n    return ...", "row-dot"
    ) + notebook.run(CHECK, "check-row-dot")
    notebook.run("def row_dot(a, b)\n    return a", "row-dot")
    said = notebook.run(CHECK, "check-row-dot")
    assert "✗ Exercise 1.1: the cell that defines `row_dot` ended in an error" in said
    assert "still to do" not in said


def test_a_cell_that_is_no_python_leaves_no_older_answer_to_be_judged(notebook):
    notebook.run(RIGHT, "row-dot")
    assert "✓ Exercise 1.1" in notebook.run(CHECK, "check-row-dot")
    notebook.run("def row_dot(a, b)\n    return a", "row-dot")
    said = notebook.run(CHECK, "check-row-dot")
    assert "✗ Exercise 1.1: the cell that defines `row_dot` ended in an error when it was run last" in said
    assert "not yet" in notebook.run("checks.summary(notebook=1)", "summary")
    notebook.run(RIGHT, "row-dot")
    assert "✓" in notebook.run(CHECK, "check-row-dot")


def test_a_misspelt_name_is_named_and_the_older_answer_is_not_judged(notebook):
    notebook.run(RIGHT, "row-dot")
    notebook.run(RIGHT.replace("row_dot", "rowdot"), "row-dot")
    said = notebook.run(CHECK, "check-row-dot")
    assert "✗ Exercise 1.1: this check looks at `row_dot`" in said
    assert "defines `rowdot`" in said


def test_a_name_that_was_never_there_is_said_beside_the_one_that_is(notebook):
    notebook.run(RIGHT.replace("row_dot", "rowdot"), "row-dot")
    assert "`row_dot` is not there, but `rowdot` is: is that meant?" in notebook.run(CHECK, "check-row-dot")


def test_where_the_answers_cell_failed_the_check_says_so_and_not_that_it_was_never_run(notebook):
    notebook.run("def row_dot(a, b)\n    return a", "row-dot")
    assert "The cell that should define `row_dot` ended in an error" in notebook.run(CHECK, "check-row-dot")


def test_an_answer_that_ran_before_its_cell_failed_is_judged(notebook):
    notebook.run(RIGHT + "\n\nprint(row_dot(torch.ones(2), torch.ones(2)))", "row-dot")
    assert "✓" in notebook.run(CHECK, "check-row-dot")


def test_answer_and_check_may_stand_in_one_cell_after_a_failure(notebook):
    notebook.run(RIGHT, "row-dot")
    notebook.run("def row_dot(a, b)\n    return a", "row-dot")
    assert "✓" in notebook.run(f"{RIGHT}\n\n{CHECK}", "all-in-one")


def test_another_cell_may_fail_or_define_a_name_much_alike(notebook):
    notebook.run(RIGHT, "row-dot")
    notebook.run("def row_dot_2(a, b):\n    return a\n\n1 / 0", "own")
    notebook.run("row_dots = 3", "own-too")
    assert "✓" in notebook.run(CHECK, "check-row-dot")


def test_a_training_that_fails_leaves_no_older_model_to_be_judged(notebook):
    notebook.run("row_dot = lambda a, b: (a * b).sum(dim=1)", "run")
    notebook.run("row_dot = undefined()", "run")
    assert "ended in an error when it was run last" in notebook.run(CHECK, "check-row-dot")


def test_warnings_of_torch_do_not_stand_above_a_verdict(notebook):
    copied = "def row_dot(a, b):\n    return torch.tensor((a * b).sum(dim=1))"
    assert notebook.run(f"{copied}\n\n{CHECK}", "row-dot").startswith("✗ Exercise 1.1: the values are right, but no")
