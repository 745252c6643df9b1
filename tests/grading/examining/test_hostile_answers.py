"""Answers that break, flood, or lie, and replies that a student writes in place of ours: no points, and a verdict."""

import pytest

from tests.kit.students import COURSE, ONE, TWO, not_ok, row_dot, solved, with_row_dot

pytestmark = pytest.mark.proof

ANSWERS = {
    "loops": (row_dot("while True: pass"), "timeout"),
    "loops and catches all": (
        row_dot("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        "timeout",
    ),
    "counts for ever in C": (row_dot("return sum(range(10**13))"), "timeout"),
    "sleeps": (row_dot("import time; time.sleep(10**6)"), "timeout"),
    "takes all memory": (row_dot("hoard = []\nwhile True: hoard.append(bytearray(2**26))"), "memory"),
    "exits": (row_dot("import sys; sys.exit(0)"), "error"),
    "ends its process": (row_dot("import os; os._exit(0)"), "crashed"),
    "kills all it can": (row_dot("import os; os.kill(-1, 9)"), "crashed"),
    "kills its parent": (row_dot("import os; os.kill(os.getppid(), 9)"), "wrong"),
    "asks": (row_dot("return input()"), "error"),
    "calls out": (row_dot("import socket; socket.create_connection(('198.51.100.1', 80))"), "error"),
    "writes to helpers": (row_dot("open('/course/helpers/data.py', 'w')"), "error"),
    "reads the solutions": (row_dot("open('/course/solutions/recommenders2/01_reviews_to_batches.ipynb')"), "error"),
    "calls itself": (row_dot("return row_dot(a, b)"), "error"),
    "raises what cannot be shown": (
        "class Odd(Exception):\n    def __str__(self): raise SystemExit\n" + row_dot("raise Odd"),
        "error",
    ),
    "raises what takes for ever to show": (
        "class Odd(Exception):\n    def __str__(self):\n        while True: pass\n" + row_dot("raise Odd"),
        "timeout",
    ),
    "raises a long text": (row_dot("raise ValueError('\\n'.join(['x' * 10**5] * 100))"), "error"),
    "raises what no file can hold": (row_dot("raise ValueError('\\ud800\\x1b[2J\\x00 =1+1')"), "error"),
    "raises with folders of the machine": (
        row_dot("import sys; raise ValueError(sys.prefix + torch.__file__)"),
        "error",
    ),
    "raises the grader's own": ("class MixedDevices(Exception): pass\n" + row_dot("raise MixedDevices('x')"), "error"),
    "a huge tensor": (row_dot("return torch.zeros(1).expand(10**9)"), "wrong"),
    "a tensor too large for any memory": (row_dot("return torch.zeros(1).expand(10**6, 10**6)"), "wrong"),
    "a tensor without numbers": (row_dot("return torch.empty(len(a), device='meta')"), "error"),
    "a sparse tensor": (row_dot("return (a * b).sum(1).to_sparse()"), "error"),
    "a sparse number": (row_dot("return (a * b).sum().to_sparse()"), "error"),
    "a complex tensor": (row_dot("return (a * b).sum(1) + 0j"), "error"),
    "a tensor of nothing": (row_dot("return torch.zeros(0)"), "wrong"),
    "numbers that are none": (row_dot("return (a * b).sum(1) * float('nan')"), "wrong"),
    "a tensor in eight bits": (row_dot("return (a * b).sum(1).to(torch.float8_e4m3fn)"), "error"),
    "a huge int": (row_dot("return 10**5000"), "error"),
    "a long text": (row_dot("return 'x' * 10**8"), "wrong"),
    "a list in itself": (row_dot("found = []\nfound.append(found)\nreturn found"), "wrong"),
    "a generator": (row_dot("yield a"), "wrong"),
    "None": (row_dot("return None"), "wrong"),
    "a class": ("row_dot = type('row_dot', (), {})", "error"),
    "a module": ("row_dot = torch", "error"),
    "a text for a function": ("row_dot = 'row_dot'", "error"),
    "of a type that lies": (
        "class Liar:\n    __class__ = property(lambda self: torch.Tensor)\n"
        "    def __getattr__(self, name): return self\n    def __call__(self, *_): return self\n"
        "    def __eq__(self, other): return True\nrow_dot = Liar()",
        "error",
    ),
    "equal to everything": (
        "class Same(int):\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
        + row_dot("return Same()"),
        "wrong",
    ),
    "of a class whose class is odd": (
        "class Odd(type):\n    def __instancecheck__(self, one): return True\n"
        "    __name__ = property(lambda self: 1 / 0)\n"
        "class Thing(metaclass=Odd): pass\n" + row_dot("return Thing"),
        "error",
    ),
    "a text that takes for ever": (
        "class Text(str):\n    def __str__(self):\n        while True: pass\n" + row_dot("return Text('x')"),
        "timeout",
    ),
    "a model with thousands of weights": (
        row_dot("return nn.ModuleList(nn.Linear(1, 1) for _ in range(3000))"),
        "wrong",
    ),
    "a model in itself": (
        row_dot("model = nn.Module()\nmodel.__dict__['_modules']['x'] = model\nreturn model"),
        "wrong",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(("answer", "verdict"), ANSWERS.values(), ids=ANSWERS)
def test_a_hostile_answer_gets_no_points_and_a_verdict(counter, answer, verdict):
    mark = counter.mark(with_row_dot(answer))
    assert mark.points == 0
    assert mark.verdict == verdict, mark


def test_a_class_that_is_no_model_or_a_model_that_is_none(office):
    lies = "class ClassicMF:\n    def __init__(self, *sizes): pass\n    def __getattr__(self, name): return self"
    no_class = "KorenMF = lambda *sizes: nn.Linear(2, 2)"
    marks = office.mark(solved(TWO, classic_mf=lies, koren_mf=no_class, koren_fit="def train_koren(): return 5, 6"))
    assert not_ok(marks) == dict.fromkeys(["classic-mf", "koren-mf", "koren-fit"], "wrong")


# --- replies that a student writes in place of ours

REPLIES = {  # as code that makes the bytes of a frame
    "no frame": "b'garbage' * 9",
    "lengths that are huge": "b'\\xff' * 16",
    "no message": "frame(b'garbage')",
    "an empty one": "frame(b'')",
    "a list": "raw([1, 2])",
    "deep": "frame(b'\\x91' * 10**5)",
    "deep in what it tells": "told(deep)",
    "a message of no type": "raw({'value': 1})",
    "a type that is none": "raw({'type': 'Gold', 'value': 1})",
    "a value of a type that is none": "raw({'type': 'Told', 'value': {'type': 'Gold'}})",
    "a request in place of a reply": "packed(messages.Look('row_dot'))",
    "a value that only the grader sends": "told(messages.Sent(0))",
    "a field too many": "raw({'type': 'Told', 'value': 1, 'points': 1})",
    "a field too few": "raw({'type': 'Told'})",
    "a shape of 1e18": "told(tensor(shape=[10**18] * 3))",
    "a shape of decimals": "told(tensor(shape=[1.5]))",
    "a negative shape": "told(tensor(shape=[-3]))",
    "a dtype that is none": "told(tensor(dtype='__doc__'))",
    "numbers that are not there": "told(tensor(numbers=0))",
    "numbers of another shape": "told(tensor(numbers=0), torch.zeros(4))",
    "numbers of another dtype": "told(tensor(numbers=0), torch.zeros(3, dtype=torch.int8))",
    "the same numbers a thousand times": "told(messages.List([tensor(numbers=0)] * 1000), torch.zeros(3))",
    "no safetensors": "frame(msgspec.msgpack.encode(messages.Told(1)), b'garbage' * 9)",
    "safetensors of a huge head": "frame(msgspec.msgpack.encode(messages.Told(1)), (2**62).to_bytes(8, 'little'))",
    "a pickle": "frame(pickle.dumps(print), pickle.dumps(print))",
    "marks": "raw({'verdict': 'ok', 'points': 1, 'value': 21})",
    "an end of an odd kind": "raw({'type': 'Ended', 'code': '[]'})",
    "an end in itself": "packed(messages.Ended(10**9))",
    "an exception of ours": "packed(messages.Raised(messages.Error('StillToDo', ['StillToDo'], 'x', [])))",
}
FORGE = """
import gc, os, pickle
import msgspec
from inside import messages
from inside.wire import LENGTHS, Channel, packed
channel = next(one for one in gc.get_objects() if isinstance(one, Channel))
deep = 1
for _ in range(300): deep = messages.List([deep])
def frame(message, beside=b""): return LENGTHS.pack(len(message), len(beside)) + message + beside
def raw(message): return frame(msgspec.msgpack.encode(message))
def told(value, *tensors): return packed(messages.Told(value), tensors)
def tensor(**told):
    usual = {"dtype": "float32", "shape": [3], "device": "cpu", "learns": False, "parameter": False}
    return messages.Tensor(**usual | told)
"""


@pytest.mark.long
@pytest.mark.parametrize("name", REPLIES)
def test_a_forged_reply_gets_no_points(counter, name):
    code = f"{FORGE}reply = {REPLIES[name]}\n" + row_dot("os.write(channel.sink, reply * 30)\nreturn a")
    mark = counter.mark(with_row_dot(code))
    assert mark.verdict == ("todo" if name == "an exception of ours" else "crashed")


def test_whoever_comes_after_all_of_them_gets_the_same_marks(counter):
    assert counter.mark(solved(ONE)).verdict == "ok"
    assert counter.mark(COURSE.released[ONE]).verdict == "todo"
