"""Code that reaches out of its place is told with its line; what honest students write is not."""

import textwrap

import pytest

import exercises.checks  # noqa: F401  # loaded, as in the process that marks
from authoring.registry import EXERCISES
from grading.course import Course
from grading.handed_in.reaching import reaching
from tests.grading.examining.test_forgeries import FORGERIES

SETUP = ["import torch\nimport numpy as np\nfrom torch import nn\nfrom exercises import checks"]

OUT = {  # what is said: the line
    "imports a module of the grader's": [
        "import inside.notebook",
        "from inside import limits as l",
        "from grading.seeds import keyed",
        "rows = __import__('exercises.row-dot.hidden')",
    ],
    "replaces torch.allclose": ["torch.allclose = lambda *a: True", "setattr(torch, 'allclose', print)"],
    "replaces numpy.testing.assert_array_equal": ["np.testing.assert_array_equal = print"],
    "replaces builtins.sum": ["__builtins__['sum'] = max", "import builtins; builtins.sum = max"],
    "replaces torch.nn.Embedding.forward": ["nn.Embedding.forward = print"],
    "replaces exercises.checks.row_dot": ["checks.row_dot = print"],
    "replaces parts of exercises.checks": ["for name in dir(checks): setattr(checks, name, print)"],
    "replaces the module json": ["import sys; sys.modules['json'] = None"],
    "looks through all objects": ["import gc; found = gc.get_objects()", "from gc import get_referrers"],
    "looks into the code that calls it": ["import sys; sys._getframe(1)", "error.__traceback__.tb_frame"],
    "watches other code run": ["import sys; sys.settrace(print)"],
    "goes past Python to memory": ["import ctypes", "from ctypes import util"],
    "reaches for processes and files": ["import os; os.kill(1, 9)", "import os as o; o.write(1, b'x')"],
    "uses the network": ["import socket", "from urllib.request import urlopen", "import requests"],
    "changes how cells run": [
        "get_ipython().events.register('pre_run_cell', print)",
        "get_ipython().ast_transformers.append(1)",
        "shell.run_cell = print",
    ],
    "names files that are not its own": [
        "open('/proc/self/environ')",
        "text = f'/proc/{n}/maps'",
        "open('../../ben/submitted/x')",
        "open('/course/exercises/x.py', 'w')",
        "%%writefile more.py\nopen('gradebook.db')",
    ],
    "says what the checks say": ["print('✓ Exercise 1.1: 1 point.')"],
}
PLACE = [
    "import os\nos.environ['RECSYS_REVIEWS'] = '/content/drive/MyDrive/reviews.json.gz'",
    "import torch\ntorch.set_default_dtype(torch.float64); torch.manual_seed(0)\ntorch.backends.cudnn.benchmark = True",
    "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (8, 4)",
    "!pip install pandas\nimport gc\ngc.collect()\nfree = !cat /dev/null\n%matplotlib inline",
    "class MyMF(nn.Module):\n    def forward(self, x): return x\nMyMF.forward = print\nmodel = MyMF(); model.eval()",
    "def row_dot(a, b):\n    '''Like /proc/self, says ✓ Exercise 1.1.'''\n    return (a * b).sum(1)",
    "open('/proc/meminfo').read()",
    "import sys\nprint(sys.version); sys.exit(1)",
    "def broken(:\n    pass",
]


@pytest.mark.parametrize(("what", "source"), [(what, source) for what, sources in OUT.items() for source in sources])
def test_what_reaches_out_is_told_with_its_line(what, source):
    first, *others = reaching({"Cell x": f"a = 1\n{source}" if source[0] != "%" else source}, SETUP)
    assert f", {what}: " in first
    assert first.endswith(source.splitlines()[-1])
    assert first.startswith("Cell x, line 2, ")
    assert not others


@pytest.mark.parametrize("source", PLACE)
def test_what_honest_students_write_is_not_told(source):
    assert reaching({"Cell x": source}, SETUP) == []


def test_an_alias_of_another_cell_hides_nothing():
    sources = {"Cell a": "from torch import functional as tf\nmine = torch", "Cell b": "mine.equal = print"}
    assert reaching(sources, SETUP) == ["Cell b, line 1, replaces torch.equal: mine.equal = print"]


def test_a_cell_that_cannot_be_looked_through_is_told():
    assert reaching({"Cell x": "a" + ".b" * 90_000}, []) == ["Cell x is too long, or too deep, to be looked through."]
    assert reaching({"Cell x": "#" * 200_001}, []) == ["Cell x is too long, or too deep, to be looked through."]


def test_no_answer_of_the_bank_reaches_out():
    paths = [path for kind in ("right", "wrong") for path in EXERCISES.glob(f"*/{kind}/*.py")]
    sources = {f"{path}": path.read_text(encoding="utf-8") for path in paths}
    assert len(sources) > 1_000
    assert [said for name, source in sources.items() for said in reaching({name: source}, SETUP)] == []


@pytest.mark.parametrize("name", Course().solutions)
def test_neither_do_the_notebooks(name):
    cells = [cell for cell in Course().solutions[name].cells if cell.cell_type == "code"]
    assert reaching({cell.id: cell.source for cell in cells}, []) == []


STAY = {  # forgeries that change nothing but what the answer itself returns
    "remembers the inputs of the check",
    "behaves for the usual shapes alone",
    "behaves for the first calls alone",
    "a tensor that equals all",
    "a number that equals all",
    "not a number",
    "infinite",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_told_if_it_reaches_out(name):
    assert bool(reaching({"Cell x": textwrap.dedent(FORGERIES[name])}, SETUP)) == (name not in STAY)
