"""Training that is stopped by hand, at any moment, in a notebook and in plain Python."""

import re
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from itertools import count

import pytest
import torch
from jupyter_client import KernelManager
from torch import nn

from helpers.reviews import ROOT
from helpers.training import StoppedError, evaluate, fit
from tests.kit.interrupts import minding_ctrl_c

BATCHES = [(torch.tensor([1.0, 2.0]),), (torch.tensor([4.0, 3.0]),)]  # steps in an epoch: two, then two to validate
STEPS = 2 * len(BATCHES)


class Constant(nn.Module):
    """One weight, which learns the mean of what it sees."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


def step(model, batch):
    loss = (batch[0].to(model.weight.device) - model.weight).square().mean()
    return loss, loss


def stopping_at(number):
    """Return a step during which an interrupt comes the `number`-th time that it is called, counted from 0."""
    calls = count()

    def stopped(model, batch):
        if next(calls) == number:
            signal.raise_signal(signal.SIGINT)
        return step(model, batch)

    return stopped


@pytest.fixture(autouse=True)
def python_minds_ctrl_c():
    """As in a kernel or a terminal, also where these tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", range(STEPS, 3 * STEPS))
def test_stopped_in_a_later_epoch_it_keeps_the_best_weights_and_the_history(number, capsys):
    model, untouched = Constant(), Constant()
    history = fit(model, stopping_at(number), BATCHES, BATCHES, epochs=9, lr=0.1)
    whole = number // STEPS  # epochs
    expected = fit(untouched, step, BATCHES, BATCHES, epochs=whole, lr=0.1)
    assert (history.train, history.val) == (expected.train, expected.val)
    assert torch.equal(model.weight, untouched.weight)
    assert evaluate(model, step, BATCHES) == min(history.val)
    assert history.seconds > 0
    assert capsys.readouterr().out == (
        f"Stopped by hand in epoch {whole + 1}: kept are the best weights so far, of epoch {whole}, and the history.\n"
    )


def test_what_is_kept_is_the_best_not_the_last(capsys):
    far = [(torch.tensor([-1.0]),)]  # so that each epoch of learning makes it worse
    history = fit(model := Constant(), stopping_at(3 * 3 + 1), BATCHES, far, epochs=9, lr=0.1)
    assert history.best_epoch == 0
    assert len(history.val) == 3
    assert evaluate(model, step, far) == history.val[0]
    assert "Stopped by hand in epoch 4: kept are the best weights so far, of epoch 1" in capsys.readouterr().out


@pytest.mark.parametrize("number", range(STEPS))
def test_stopped_in_the_first_epoch_it_says_that_there_is_nothing_to_keep(number, capsys):
    with pytest.raises(
        StoppedError, match=r"^Stopped by hand in epoch 1, before there was anything to keep\.$"
    ) as caught:
        fit(Constant(), stopping_at(number), BATCHES, BATCHES)
    assert caught.value._render_traceback_() == [str(caught.value)]
    assert isinstance(caught.value, KeyboardInterrupt)  # whoever expects one still gets it
    assert capsys.readouterr().out == ""


def test_a_graders_limit_is_no_hand():
    """Marked would else be what is trained until then."""

    class TimeIsUp(KeyboardInterrupt):
        pass

    calls = count()

    def late(model, batch):
        if next(calls) == 2 * STEPS:
            raise TimeIsUp
        return step(model, batch)

    with pytest.raises(TimeIsUp):
        fit(Constant(), late, BATCHES, BATCHES)


def test_between_any_two_lines_of_the_loop_an_interrupt_keeps_a_whole_epoch():
    """The history never tells of weights that are not there."""
    seen = []
    for number in range(18):  # three epochs have more lines than that
        model = Constant()
        try:
            with interrupt_at_line(number, fit.__code__):
                history = fit(model, step, BATCHES, BATCHES, epochs=3, lr=0.1)
        except StoppedError:
            seen.append(0)
        else:
            seen.append(len(history.val))
            assert evaluate(model, step, BATCHES) <= min(history.val)
    assert seen == sorted(seen)
    assert {0, 1, 2} <= set(seen)


@contextmanager
def interrupt_at_line(number, code):
    """Raise a KeyboardInterrupt before the `number`-th line that `code` runs within its loop.

    A line on which a comprehension goes on counts once: what a trace raises there, Python 3.13 lets out of any `try`.
    """
    lines, here = count(), None

    def trace(frame, event, argument):
        nonlocal here
        if frame.f_code is not code:
            return None
        if event == "line" and "epoch" in frame.f_locals and frame.f_lineno != here:
            here = frame.f_lineno
            if next(lines) == number:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


# --- real processes

SLOW = """
import time
import torch
from torch import nn
from helpers.training import fit

class Constant(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

calls = 0

def step(model, batch):
    global calls
    calls += 1
    if calls == FIRST:
        print("now", flush=True)
        time.sleep(60)
    loss = (batch[0] - model.weight).square().mean()
    return loss, loss

model = Constant()
history = fit(model, step, [(torch.ones(3),)], [(torch.ones(3),)])
print(f"goes on with {len(history.val)} epochs")
"""


@pytest.mark.proof
def test_in_plain_python_ctrl_c_ends_training_in_one_sentence():
    command = [sys.executable, "-c", SLOW.replace("FIRST", "6")]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=minding_ctrl_c
    ) as program:
        assert program.stdout.readline() == "now\n"
        program.send_signal(signal.SIGINT)
        out, errors = program.communicate()
    assert (program.returncode, errors) == (0, "")
    assert out == (
        "Stopped by hand in epoch 3: kept are the best weights so far, of epoch 2, and the history.\n"
        "goes on with 2 epochs\n"
    )


@pytest.fixture
def kernel():
    """A kernel as students have it; yield a function that runs a cell, and interrupts it once it says "now"."""
    manager = KernelManager()
    manager.start_kernel(cwd=str(ROOT), extra_arguments=["--IPKernelApp.log_level=40"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)

    def interrupted(source):
        """Return the text that the cell showed, and that of its error."""
        shown = []

        def look(message):
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream" and content["text"] == "now\n":
                manager.interrupt_kernel()
            elif kind in ("stream", "error"):
                shown.append(content.get("text") or "\n".join(content["traceback"]))

        client.execute_interactive(source, output_hook=look, timeout=120)
        return "".join(shown)

    interrupted("from helpers import session\nsession.start()")
    yield interrupted
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.proof
def test_in_a_notebook_the_stop_button_ends_training_in_one_sentence(kernel):
    assert kernel(SLOW.replace("FIRST", "6")) == (
        "Stopped by hand in epoch 3: kept are the best weights so far, of epoch 2, and the history.\n"
        "goes on with 2 epochs\n"
    )
    assert kernel(SLOW.replace("FIRST", "2")) == "Stopped by hand in epoch 1, before there was anything to keep."


@pytest.mark.proof
def test_in_a_notebook_any_other_cell_that_is_stopped_says_so_with_its_own_line(kernel):
    endless = textwrap.dedent("""\
        import time
        def wait():
            print("now", flush=True)
            time.sleep(60)
        wait()
    """)
    assert re.fullmatch(r"Stopped by hand\.\n  in wait, line 4: time\.sleep\(60\)", kernel(endless))
