"""Answers that break, flood, or lie, and replies that a student writes in place of ours: no points, and a verdict."""

import pytest

from tests.kit.students import COURSE, ONE, TWO, row_dot, solved, verdicts, with_row_dot

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
    "kills its parent": (row_dot("import os; os.kill(os.getppid(), 9)"), None),
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
        None,
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
    "a model in itself": (row_dot("model = nn.Module()\nmodel.__dict__['_modules']['x'] = model\nreturn model"), None),
}


@pytest.mark.long
@pytest.mark.parametrize(("answer", "verdict"), ANSWERS.values(), ids=ANSWERS)
def test_a_hostile_answer_gets_no_points_and_a_verdict(counter, answer, verdict):
    mark = counter.mark(with_row_dot(answer))
    assert mark.points == 0
    assert mark.verdict in ({verdict} if verdict else {"wrong", "error", "crashed", "timeout"}), mark


def test_a_class_that_is_no_model_or_a_model_that_is_none(office):
    lies = "class ClassicMF:\n    def __init__(self, *sizes): pass\n    def __getattr__(self, name): return self"
    no_class = "KorenMF = lambda *sizes: nn.Linear(2, 2)"
    marks = office.mark(solved(TWO, classic_mf=lies, koren_mf=no_class, koren_fit="def train_koren(): return 5, 6"))
    assert verdicts(marks) == dict.fromkeys(["classic-mf", "koren-mf", "koren-fit"], "wrong")


# --- replies that a student writes in place of ours

REPLIES = {
    "no JSON": "garbage",
    "an empty one": "{}",
    "a list": "[1, 2]",
    "deep": "[" * 10**5 + "]" * 10**5,
    "deep in what it describes": '{"value": ' + '["list", [' * 300 + '["plain", 1]' + "]]" * 300 + "}",
    "a shape of 1e18": '{"value": ["tensor", {"dtype": "float32", "shape": [1e18], "device": "cpu", "learns": false}]}',
    "a negative shape": '{"value": ["tensor", {"dtype": "float32", "shape": [-3], "device": "cpu", "learns": false}]}',
    "a shape of NaN": '{"value": ["tensor", {"dtype": "float32", "shape": [NaN], "device": "cpu", "learns": false}]}',
    "a dtype that is none": '{"value": ["tensor", {"dtype": "__doc__", "shape": [1], "device": "cpu"}]}',
    "a kind that is none": '{"value": ["gold", 1]}',
    "marks": '{"verdict": "ok", "points": 1, "value": ["plain", 21]}',
    "an end": '{"ended": "[]"}',
    "an exception of ours": '{"raised": {"kinds": ["StillToDo"], "message": "x", "own_lines": []}}',
}


@pytest.mark.long
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_forged_reply_gets_no_points(counter, reply):
    code = (
        "import gc, os\nfrom inside.wire import Channel\n"
        "channel = next(one for one in gc.get_objects() if isinstance(one, Channel))\n"
        f"reply = {reply!r}.encode() + b'\\n'\n" + row_dot("os.write(channel.sink, reply * 30)\nreturn a")
    )
    mark = counter.mark(with_row_dot(code))
    assert mark.verdict in ("crashed", "wrong", "todo", "error")


def test_whoever_comes_after_all_of_them_gets_the_same_marks(counter):
    assert counter.mark(solved(ONE)).verdict == "ok"
    assert counter.mark(COURSE.released[ONE]).verdict == "todo"
