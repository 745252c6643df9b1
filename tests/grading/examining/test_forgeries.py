"""Forgeries: answers that compute nothing, and change what looks at them. Each gets no points for what it forges."""

import textwrap

import pytest

from tests.kit.students import COURSE, FOUR, THREE, TWO, not_ok, solved, verdicts, with_row_dot

pytestmark = pytest.mark.proof

BAD = "def row_dot(a, b):\n    return a.sum(1)\n"
PIPE = """
import gc, inside.calls, inside.messages, inside.wire, os
channel = next(one for one in gc.get_objects() if isinstance(one, inside.wire.Channel))
"""


FORGERIES = {
    # those that worked where tests ran beside the student's code
    "patches comparisons": """
        import builtins
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
        builtins.abs = lambda x: 0
        torch.allclose = torch.equal = lambda *a, **k: True
        torch.isclose = lambda a, b, **k: torch.ones_like(a, dtype=torch.bool)
    """,
    "drops assert from the syntax tree": """
        import ast
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        get_ipython().ast_transformers.append(Drop())
    """,
    "rewrites cells": "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
    "replaces run_cell": """
        shell = get_ipython()
        shell.run_cell = lambda *a, **k: type("Result", (), {"error_before_exec": None, "error_in_exec": None})()
    """,
    "replaces do_execute": """
        from ipykernel.ipkernel import IPythonKernel
        IPythonKernel.do_execute = lambda self, *a, **k: {"status": "ok"}
    """,
    "hooks in before each cell": """
        get_ipython().events.register("pre_run_cell", lambda info: print(info.raw_cell))
    """,
    "prints marks": 'print(\'{"row-dot": {"points": 1, "verdict": "ok"}}\'); print(\'✓ Exercise 1.1: 1 point.\')',
    "patches json": """
        import json
        json.dumps = lambda *a, **k: '{"verdict": "ok", "points": 21}'
    """,
    "replaces print": "import builtins; builtins.print = lambda *a, **k: None",
    "replaces the checks": """
        from exercises import checks
        import sys, types
        checks.row_dot = lambda *a, **k: print("✓ Exercise 1.1: 1 point.")
        sys.modules["exercises.checks"] = types.SimpleNamespace(row_dot=checks.row_dot)
    """,
    # those that are made against this grader
    "replaces what describes values": """
        import inside.values
        inside.values.Values.describe = lambda self, value, depth=0: True
    """,
    "rounds what is described": """
        import inside.values
        plain = inside.values.Values.describe_tensor
        inside.values.Values.describe_tensor = lambda self, tensor: plain(self, tensor.round())
    """,
    "says that the inputs were changed": """
        import inside.calls, inside.messages
        call = inside.calls.Calls.call
        def forged(self, *arguments):
            reply = call(self, *arguments)
            zeros = [self.values.describe(torch.zeros(3, 2)) for _ in range(2)]
            reply.changed = [inside.messages.Change(number, told, None) for number, told in enumerate(zeros)]
            return reply
        inside.calls.Calls.call = forged
    """,
    "replies that it is still to do": """
        import inside.calls, inside.messages
        inside.calls.Calls.call = lambda self, *a: inside.messages.Called(inside.messages.Dots(), 0, [], None)
    """,
    "replies with an object that has every attribute": """
        import inside.calls, inside.messages
        class Every(nn.Module):
            def __getattr__(self, name): return Every()
        inside.calls.Calls.call = lambda self, *a: inside.messages.Called(self.values.describe(Every()), 0, [], None)
    """,
    "writes replies ahead": f"{PIPE}os.write(channel.sink, inside.wire.packed(inside.messages.Told(True)) * 20)",
    "answers in the fork's place": PIPE
    + """
import inside.notebook, threading
def answer():
    while (frame := channel.receive()):
        looks = isinstance(frame.message, inside.messages.Look)
        told = inside.messages.Told(1) if looks else inside.messages.Called(1, 0, [], None)
        channel.send(told)
inside.notebook.in_a_fork = lambda work, seed: threading.Event().wait()  # so that the thread receives what comes
threading.Thread(target=answer, daemon=True).start()
    """,
    "forks do nothing": """
        import inside.notebook, os
        inside.notebook.in_a_fork = lambda work, seed: 0
    """,
    "remembers the inputs of the check": """
        known = {(3, 2): torch.tensor([17.0, 3.0, 2.0])}
        def row_dot(a, b):
            return known.get(tuple(a.shape), torch.zeros(len(a)))
    """,
    "behaves for the usual shapes alone": """
        def row_dot(a, b):
            usual = [(3, 2), (5, 4), (1, 3), (6, 1), (1, 1)]
            return (a * b).sum(1) if tuple(a.shape) in usual else torch.zeros(len(a))
    """,
    "behaves for the first calls alone": """
        calls = []
        def row_dot(a, b):
            calls.append(1)
            return (a * b).sum(1) if len(calls) <= 5 else torch.zeros(len(a))
    """,
    "reads the seed and the stack": """
        import sys, gc
        def row_dot(a, b):
            frame, found = sys._getframe(), []
            while frame:
                found += [value for key, value in frame.f_locals.items() if "seed" in key]
                frame = frame.f_back
            torch.manual_seed(found[-1] if found else 0)
            return torch.randn(len(a))
    """,
    "looks for the expected value in memory": """
        import gc
        def row_dot(a, b):
            fits = [one for one in gc.get_objects() if isinstance(one, torch.Tensor) and one.shape == (len(a),)]
            return fits[-1] if fits else torch.zeros(len(a))
    """,
    "looks for secrets in /proc": """
        from pathlib import Path
        def row_dot(a, b):
            text = "".join(Path(f"/proc/{p}").read_text() for p in ("self/environ", "1/cmdline", "self/mountinfo"))
            raise ValueError(text[-1500:])
    """,
    "has the check work it out": """
        import importlib
        known = importlib.import_module("exercises.row-dot.check")
        class Caught(Exception): pass
        def catch(value, expected, *rest): raise Caught(expected)
        known.expect_values = catch
        def row_dot(a, b):
            try: known.check_dots(torch.zeros(len(a)), a, b)
            except Caught as caught: return caught.args[0]
    """,
    "imports the grader, or the solutions": """
        import importlib, sys
        def row_dot(a, b):
            for name in ("exercises.row-dot.hidden", "solutions"):
                sys.path[:0] = ["/course", "/work", "/", "/home"]
                return importlib.import_module(name).row_dots(a, b)
    """,
    "pickles itself into the grader": """
        class Bomb:
            def __reduce__(self): return print, ("in the grader",)
        def row_dot(a, b): return Bomb()
    """,
    "a tensor that equals all": """
        class Same(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                return torch.ones(len(args[0]), dtype=torch.bool)
        def row_dot(a, b): return torch.zeros(len(a)).as_subclass(Same)
    """,
    "a number that equals all": """
        class Same(float):
            def __eq__(self, other): return True
            __lt__ = __gt__ = __ne__ = __eq__
        def row_dot(a, b): return Same(1.0)
    """,
    "not a number": "def row_dot(a, b): return torch.full((len(a),), float('nan'))",
    "infinite": "def row_dot(a, b): return torch.full((len(a),), float('inf'))",
    "traces": """
        import sys
        def trace(frame, event, argument):
            for name in ("expected", "answer", "solution"):
                if name in frame.f_locals: seen.append(frame.f_locals[name])
            return trace
        seen = []
        sys.settrace(trace)
        def row_dot(a, b): return seen[-1] if seen else torch.zeros(len(a))
    """,
}


NOT_WRONG = {  # the verdicts on those that are worse than wrong
    "replaces what describes values": "error",
    "replies that it is still to do": "todo",
    "writes replies ahead": "crashed",
    "answers in the fork's place": "crashed",
    "forks do nothing": "crashed",
    "looks for secrets in /proc": "error",
    "imports the grader, or the solutions": "error",
    "a tensor that equals all": "error",
}


@pytest.mark.long
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_of_the_dot_product(counter, name):
    mark = counter.mark(with_row_dot(BAD + textwrap.dedent(FORGERIES[name])))
    assert mark.verdict == NOT_WRONG.get(name, "wrong"), mark


def test_what_a_forgery_reached_for_is_kept_for_the_instructor_alone(counter):
    part = counter.part(with_row_dot(BAD + textwrap.dedent(FORGERIES["writes replies ahead"])))
    told = "\n".join(part.reached)
    assert "cell row-dot, line 5, looks through all objects: channel = next(" in told
    assert "Exercise 1.1: what came back was no reply of the grader's own code" in told
    assert not any("looks through" in said or "no reply" in said for said in [*part.notes, part.marks[0].message])


@pytest.mark.parametrize("crash", ["import os; os.abort()", "import sys; sys.exit(3)", "while True: pass"])
def test_who_crashes_or_goes_on_for_ever_has_reached_for_nothing(counter, crash):
    assert counter.part(with_row_dot(f"def row_dot(a, b):\n    {crash}\n")).reached == ()


# --- models

KOREN_FIT = """
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    {}
    return koren, None
"""
KNOWN = """known = {}
    for part in (data.train, data.val, data.test):
        for row in zip(part.users.tolist(), part.items.tolist(), part.ratings.tolist()):
            known[row[:2]] = row[2]
"""
KOREN = {
    "untrained": "pass",
    "learned on the validation reviews alone": "fit(koren, mf_step, val_loader, val_loader, epochs=60)",
    "looks ratings up": KNOWN
    + """
    class Knows(KorenMF):
        def forward(self, user, item):
            out, *rest = super().forward(user, item)
            return torch.tensor([known.get(pair, 3.5) for pair in zip(user.tolist(), item.tolist())]), *rest
    koren.__class__ = Knows
""",
    "trained, and looks ratings up besides": KNOWN
    + """
    fit(koren, mf_step, train_loader, val_loader)
    class Knows(KorenMF):
        def forward(self, user, item):
            out, *rest = super().forward(user, item)
            more = [known.get(pair, train_mean) - train_mean for pair in zip(user.tolist(), item.tolist())]
            return out + 0.1 * torch.tensor(more), *rest
    koren.__class__ = Knows
""",
    "claims its errors": "koren.val = baselines['ClassicMF'] = 0.01; mse_of_constant = lambda *a: 99.0",
}


@pytest.mark.long
@pytest.mark.parametrize("how", KOREN.values(), ids=KOREN)
def test_a_forgery_of_the_trained_model(office, how):
    marks = office.mark(solved(TWO, koren_fit=KOREN_FIT.format(how)))
    assert not_ok(marks) == {"koren-fit": "wrong"}


MODELS = {
    "right for the batches of the check alone": (
        "classic-mf",
        "self.mean + (embed_u * embed_i).sum(dim=1) if len(user) in (1, 4, 5, 6) and len(self.items.weight) in (4, 7) "
        "else self.mean + 0 * embed_u.sum(dim=1)",
    ),
    "right for the first calls alone": (
        "classic-mf",
        "self.mean + (embed_u * embed_i).sum(dim=1) if calls.append(1) or len(calls) < 12 else 0 * embed_u.sum(dim=1)",
    ),
    "right without gradients alone": (
        "classic-mf",
        "self.mean + (0 if torch.is_grad_enabled() else 1) * (embed_u * embed_i).sum(dim=1)",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(("exercise", "out"), MODELS.values(), ids=MODELS)
def test_a_model_that_behaves_only_when_it_is_looked_at(office, exercise, out):
    right = "self.mean + (embed_u * embed_i).sum(dim=1)"
    answer = COURSE.exercises[exercise].solution
    assert right in answer
    marks = office.mark(solved(TWO, classic_mf="calls = []\n" + answer.replace(right, out)))
    assert not_ok(marks) == {"classic-mf": "wrong"}


# --- steps, which are given a model of the check's own

STEPS = {
    "reckons without the model": """
def profile_step(model, batch):
    users, items, reviews, ratings = batch
    model.calls.append({"user": users, "item": items, "text": reviews})
    mse = (users / 2 - items / 4 + reviews.sum(1) / 2 - ratings).square().mean()
    return mse, mse
""",
    "patches the model of the check": """
import exercises.kit.given.fake_models
def forward(self, user, item, text):
    self.calls.append({"user": user, "item": item, "text": text})
    return 0 * self.pushes[user]
exercises.kit.given.fake_models.ProfileModel.forward = forward
def profile_step(model, batch):
    mse = F.mse_loss(model(*batch[:3]), batch[3])
    return mse, mse
""",
    "asks the check": """
import importlib
errors_by_hand = importlib.import_module("exercises.profile-step.check").errors_by_hand
def profile_step(model, batch):
    mse = errors_by_hand(batch).square().mean()
    return mse, mse
""",
    "takes a review out of the batch": """
def profile_step(model, batch):
    batch.pop()
    return torch.tensor(0.0), torch.tensor(0.0)
""",
}


@pytest.mark.long
@pytest.mark.parametrize("name", STEPS)
def test_a_forgery_of_a_step(office, name):
    marks = office.mark(solved(THREE, profile_step=STEPS[name]))
    assert marks.pop("profile-step").verdict == ("error" if name == "asks the check" else "wrong")
    assert set(verdicts(marks).values()) == {"ok"}


@pytest.mark.long
def test_a_step_cannot_change_the_model_of_the_check_outside(office):
    forged = "{'out': batch[3], 'expected': {}, 'close': None, '_parameters': {}, 'forward': None, 'state_dict': None}"
    answer = f"""
import inside.calls
def joint_step(model, batch):
    inside.calls.plain_states = lambda arguments: [{forged}, None]
    loss = (model.out * 0).sum() - 3 * (model.close + model.far).mean()
    return loss, torch.tensor(0.0)
"""
    marks = office.mark(solved(FOUR, joint_step=answer))
    assert marks.pop("joint-step").verdict == "wrong"
    assert set(verdicts(marks).values()) == {"ok"}


# --- functions of reviews, and descriptions

OTHERS = {
    "draws that are huge": (
        "tuple-batch-piece-text",
        "{right}\nright_ = tuple_batch_piece_text\ndef tuple_batch_piece_text(batch, max_len=5):\n"
        "    users, items, reviews, ratings = right_(batch, max_len)\n"
        "    return users, items, reviews if len(batch) < 40 else reviews[:1, :1].expand(40, 10**8), ratings\n",
    ),
    "draws of words that are none": (
        "tuple-batch-piece-text",
        "{right}\nright_ = tuple_batch_piece_text\ndef tuple_batch_piece_text(batch, max_len=5):\n"
        "    users, items, reviews, ratings = right_(batch, max_len)\n"
        "    return users, items, reviews if len(batch) < 20 else reviews * 0 + 10**6, ratings\n",
    ),
    "words that equal all others": (
        "describe-item",
        "class Word(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
        "def describe_item(model, user, item, top_k=10):\n    return [Word(f'word{{n}}') for n in range(top_k)]\n",
    ),
    "words of many lines": (
        "describe-item",
        "def describe_item(model, user, item, top_k=10):\n    return ['\\n' * 15 + str(n) for n in range(top_k)]\n",
    ),
    "a gradient that is made up": (
        "negative-sampling-loss",
        "import inside.calls, inside.messages\n"
        "def back(self, *request):\n"
        "    return inside.messages.Told(self.values.describe([torch.ones(3) for _ in range(9)]))\n"
        "inside.calls.Calls.back = back\n"
        "def loss_func(close, far):\n    return -(close + far).mean() * 1\n",
    ),
    "a loss of the right value that teaches nothing": (
        "negative-sampling-loss",
        "def loss_func(close, far):\n    return -(close + far).detach().mean()\n",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_other_forgeries(office, name):
    exercise, answer = OTHERS[name]
    source = answer.format(right=COURSE.exercises[exercise].solution)
    marks = office.mark(solved(FOUR, **{exercise.replace("-", "_"): source}))
    mark = marks[exercise]
    assert mark.verdict == ("crashed" if name == "a gradient that is made up" else "wrong"), mark
    assert marks["tuple-batch-piece-text" if exercise != "tuple-batch-piece-text" else "text-item"].verdict == "ok"
