"""Whatever a submission is: each exercise gets its verdict, nobody else's marks change, and nothing of it is left."""

import io
import json
import zipfile
from types import SimpleNamespace

import nbformat
import pytest

from grading.course import ASSIGNMENT
from grading.handed_in.submissions import Content
from tests.kit import isolation
from tests.kit.students import (
    COURSE,
    FOUR,
    NAMES,
    ONE,
    THREE,
    TWO,
    Counter,
    after_row_dot,
    as_bytes,
    at,
    not_ok,
    row_dot,
    solved,
    verdicts,
    with_cell,
    with_row_dot,
)
from tests.kit.totals import POINTS

pytestmark = pytest.mark.proof

RIGHT = COURSE.exercises["row-dot"].solution
FILE = f"{ONE}.ipynb"


# --- honest ones


@pytest.mark.long
def test_a_class_of_the_solved_and_the_untouched(office, reference):
    for name in NAMES:
        for student, notebook in {
            "solved": solved(name),
            "twin": solved(name),
            "untouched": COURSE.released[name],
        }.items():
            path = office.folder / student / ASSIGNMENT / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_bytes(notebook))
    marks = office.mark_all()
    assert sum(mark.points for mark in marks["solved"].values()) == POINTS
    assert set(verdicts(marks["untouched"]).values()) == {"todo"}
    rows = [[mark._replace(student="") for mark in marks[student].values()] for student in ("solved", "twin")]
    assert rows[0] == rows[1]


HONEST = {
    "writes to stderr": "import sys; print('careful', file=sys.stderr)",
    "warns": "import warnings; warnings.warn('deprecated')",
    "takes its time": "import time; time.sleep(2)",
    "prints 10 MB": "for _ in range(100): print('x' * 100_000)",
    "leaves figures open": "import matplotlib.pyplot as plt\nfor _ in range(30): plt.figure(); plt.plot([1, 2])",
    "looks into its folder": "!ls",
    "takes times": "%timeit -n 3 -r 2 row_dot(table, table)",
    "draws in the notebook": "%matplotlib inline",
    "awaits": "import asyncio\nawait asyncio.sleep(0.1)",
    "sets threads": "torch.set_num_threads(4)",
    "sets seeds": "torch.manual_seed(0); np.random.seed(0); random.seed(0)",
    "switches gradients off": "torch.set_grad_enabled(False)",
    "takes double numbers": "torch.set_default_dtype(torch.float64)",
    "uses other names": "a, b, data, checks, torch_ = 1, 2, 3, 4, 5",
    "stops at a test of its own": "assert row_dot(torch.ones(2, 2), torch.ones(2, 2)).tolist() == [3.0, 3.0], 'hm'",
    "asks": "name = input('Your name? ')",
    "checks itself": "checks.row_dot(row_dot); checks.summary(notebook=1)",
    "leaves a thread": "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()",
    "writes a file": "from pathlib import Path; Path('notes.txt').write_text('mine')",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_what_an_honest_student_does_besides_costs_nothing(counter, source):
    assert counter.mark(after_row_dot(source)).verdict == "ok"


HONEST_ANSWERS = {
    "imports more of Python": f"import functools, itertools, operator, math\n{RIGHT}",
    "defined, then a test that raises": f"{RIGHT}\n\nassert row_dot(torch.ones(1, 1), torch.ones(1, 1)) == 7",
    "with einsum": row_dot("return torch.einsum('bd,bd->b', a, b)"),
    "in a loop": row_dot("return torch.stack([x @ y for x, y in zip(a, b)])"),
    "a lambda": "row_dot = lambda a, b: (a * b).sum(1)",
    "a partial": "import functools\nrow_dot = functools.partial(lambda dim, a, b: (a * b).sum(dim), 1)",
    "an object that can be called": "class Dot:\n    def __call__(self, a, b): return (a * b).sum(1)\nrow_dot = Dot()",
    "compiled by a helper of its own": "def times(a, b):\n    return a * b\n\n\n"
    + row_dot("return times(a, b).sum(1)"),
    "with prints": row_dot("print('here', a.shape)\nreturn (a * b).sum(1)"),
    "that warns": row_dot("import warnings; warnings.warn('slow')\nreturn (a * b).sum(1)"),
}


@pytest.mark.parametrize("answer", HONEST_ANSWERS.values(), ids=HONEST_ANSWERS)
def test_an_answer_may_be_written_as_the_student_likes(counter, answer):
    assert counter.mark(with_row_dot(answer)).verdict == "ok"


def test_a_helper_function_may_stand_in_another_cell(counter):
    notebook = with_cell(solved(ONE, row_dot=row_dot("return times(a, b).sum(1)")), "def times(a, b): return a * b")
    notebook.cells.insert(at(notebook, "row-dot"), notebook.cells.pop())
    assert counter.mark(notebook).verdict == "ok"


@pytest.mark.long
def test_gradients_and_types_may_be_set_otherwise_in_the_notebook_that_trains(office):
    off = with_cell(solved(TWO), "torch.set_grad_enabled(False)", after="check-koren-fit")
    with_cell(off, "torch.set_num_threads(4); torch.manual_seed(3)", after="setup")
    assert set(verdicts(office.mark(off)).values()) == {"ok"}


def test_a_machine_without_memory_is_our_fault(reference, tmp_path):
    handed_in = Content(as_bytes(with_row_dot(row_dot("held = b'x' * 2**28\nreturn (a * b).sum(1)"))), "", {})
    counter = Counter(reference, tmp_path)
    with isolation.machine_of(counter.kernel.limits.memory // 2), counter.kernel:
        [mark, *_] = counter.marker.part("anna", ONE, handed_in, counter.kernel, "").marks
    assert (mark.exercise, mark.verdict, mark.points) == ("row-dot", "grader_error", None), mark.message
    assert "no memory was left on this machine" in mark.message


# --- what breaks one exercise costs that one alone

BREAKING = {
    "loops": ("while True: pass", "timeout"),
    "crashes": ("import os; os._exit(3)", "crashed"),
    "raises": ("raise ValueError('no')", "error"),
}


@pytest.mark.long
@pytest.mark.parametrize(("body", "verdict"), BREAKING.values(), ids=BREAKING)
def test_an_exercise_that_breaks_costs_no_other(office, body, verdict):
    broken = f"def profile_step(model, batch):\n    {body}"
    marks = office.mark(solved(ONE), solved(THREE, profile_step=broken))
    assert not_ok(marks) == {"profile-step": verdict}


@pytest.mark.long
def test_a_cell_that_loops_for_ever_costs_its_own_exercise(office):
    broken = HOSTILE["loops and catches all"]
    marks = office.mark(solved(FOUR, tuple_batch_piece_text=broken))
    assert marks.pop("tuple-batch-piece-text").verdict == "timeout"
    assert set(verdicts(marks).values()) == {"ok"}


# --- hostile cells: the answer above them is right, and stays right

HOSTILE = {
    "loops": "while True: pass",
    "loops and ignores interrupts": "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
    "loops and catches all": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "counts for ever in C": "sum(range(10**13))",
    "sleeps": "import time; time.sleep(10**6)",
    "takes all memory": "hoard = []\nwhile True: hoard.append(bytearray(2**26))",
    "fills the disk": "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(b'x' * 2**23)",
    "forks for ever": "import os\nwhile True: os.fork()",
    "starts threads for ever": (
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()"
    ),
    "floods stdout": "while True: print('x' * 10**6)",
    "floods the display": "from IPython.display import HTML, display\nwhile True: display(HTML('x' * 10**7))",
    "exits": "import sys; sys.exit(0)",
    "ends its process": "import os; os._exit(0)",
    "kills itself": "import os; os.kill(os.getpid(), 9)",
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "kills all it can": "import os; os.kill(-1, 9)",
    "stops its parent": "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)",
    "crashes the interpreter": "import ctypes; ctypes.string_at(0)",
    "deletes all files": (
        "import shutil\nfor place in ('/course', '/home', '/tmp', '/'): shutil.rmtree(place, ignore_errors=True)"
    ),
    "calls out": "import socket; socket.create_connection(('198.51.100.1', 80), timeout=3)",
    "listens": "import socket; server = socket.create_server(('127.0.0.1', 0)); server.settimeout(1); server.accept()",
    "leaves a daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(600)\n    os._exit(0)"
    ),
    "leaves a daemon of another group": "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)",
    "closes all descriptors": "import os; os.closerange(0, 256)",
    "writes to every descriptor": (
        "import os\nfor number in os.listdir('/proc/self/fd'):\n"
        "    try: os.write(int(number), b'garbage\\n')\n    except OSError: pass"
    ),
    "replies without an end": (
        "import os, gc\nfrom inside.wire import Channel\n"
        "sink = next(one for one in gc.get_objects() if isinstance(one, Channel)).sink\n"
        "while True: os.write(sink, b'x' * 2**20)"
    ),
    "changes the interpreter": "import builtins; builtins.len = builtins.str = builtins.isinstance = None",
    "empties its modules": "import sys; sys.modules.clear()",
    "takes its shell apart": "get_ipython().run_cell = get_ipython().user_ns = None",
    "raises what cannot be shown": "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd",
    "raises what takes for ever to show": (
        "class Odd(Exception):\n    def __str__(self):\n        while True: pass\nraise Odd"
    ),
    "is no Python": "def (:",
}


BEYOND_ITS_NOTEBOOK = {  # and what becomes of the right answer above it
    "empties its modules": "crashed",
    "forks for ever": "crashed",
    "starts threads for ever": "ok",
    "takes all memory": "ok",
    "kills its parent": "crashed",
    "kills all it can": "crashed",
    "stops its parent": "ok",
    "leaves a daemon": "ok",
    "leaves a daemon of another group": "ok",
    "deletes all files": "ok",
    "fills the disk": "ok",
}


@pytest.mark.long
@pytest.mark.parametrize(
    "source",
    [HOSTILE[name] for name in HOSTILE if name not in BEYOND_ITS_NOTEBOOK],
    ids=[name for name in HOSTILE if name not in BEYOND_ITS_NOTEBOOK],
)
def test_a_hostile_cell_costs_nothing_but_itself(counter, source):
    assert counter.mark(after_row_dot(source)).verdict == "ok"


def test_whoever_comes_after_all_of_them_gets_the_same_marks(counter):
    assert counter.mark(solved(ONE)).verdict == "ok"
    assert counter.mark(COURSE.released[ONE]).verdict == "todo"


@pytest.mark.long
@pytest.mark.parametrize(("name", "verdict"), BEYOND_ITS_NOTEBOOK.items(), ids=BEYOND_ITS_NOTEBOOK)
def test_what_reaches_beyond_its_notebook_ends_with_the_sandbox(office, name, verdict):
    assert office.mark(after_row_dot(HOSTILE[name]))["row-dot"].verdict == verdict


# --- files


def test_files_that_are_no_notebooks(office):
    utf8 = as_bytes(solved(ONE))
    files = {
        "empty": b"",
        "broken": utf8[: len(utf8) // 2],
        "binary": bytes(range(256)) * 100,
        "list": b"[1, 2, 3]",
        "deep": b"[" * 100_000,
        "number": b"1" * 10**6,
    }
    for student, content in files.items():
        office.folder.joinpath(student, ASSIGNMENT).mkdir(parents=True)
        office.folder.joinpath(student, ASSIGNMENT, FILE).write_bytes(content)
    marks = office.mark_all()
    assert {student: found["row-dot"].verdict for student, found in marks.items()} == dict.fromkeys(files, "unreadable")


ODD_FILES = {
    "with a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "in UTF-16": lambda data: data.decode().encode("utf-16"),
    "with Windows' line ends": lambda data: data.replace(b"\n", b"\r\n"),
    "in an older format": lambda data: json.dumps(
        nbformat.v3.downgrade(nbformat.reads(data.decode(), as_version=4))
    ).encode(),
    "with 100 MB of old outputs": lambda data: with_outputs(data, 100_000_000),
    "from a schema to come": lambda data: data.replace(b'"schema_version": 3', b'"schema_version": 99'),
}


def with_outputs(data, size):
    """Add `size` characters of outputs to the last code cell of a notebook."""
    notebook = nbformat.reads(data.decode(), as_version=4)
    cell = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="x" * size)]
    return as_bytes(notebook)


@pytest.mark.parametrize("change", ODD_FILES.values(), ids=ODD_FILES)
def test_a_file_may_be_written_oddly(counter, change):
    assert counter.mark_file(change(as_bytes(solved(ONE)))).verdict == "ok"


def test_files_may_be_named_and_packed_otherwise(office):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"work/{FILE}", as_bytes(solved(ONE)))
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    (office.folder / "renamed").mkdir(parents=True)
    (office.folder / "zipped.zip").write_bytes(outer.getvalue())
    (office.folder / "renamed" / "my homework (1).ipynb").write_bytes(as_bytes(solved(ONE)))
    marks = office.mark_all()
    everything = {exercise.id: "ok" for exercise in COURSE.automatic.values() if exercise.notebook == ONE}
    assert {student: verdicts(found) for student, found in marks.items()} == {
        "renamed": everything,
        "zipped": everything,
    }


def test_links_are_not_followed_and_shipped_modules_not_imported(office):
    folder = office.folder / "anna" / ASSIGNMENT
    (folder / "helpers").mkdir(parents=True)
    for name in ("numpy.py", "torch.py", "helpers/__init__.py", "sitecustomize.py", "inside.py"):
        (folder / name).write_text("raise SystemExit('mine')")
    (folder / FILE).write_bytes(as_bytes(with_row_dot(row_dot("return a"))))
    (folder / f"{TWO}.ipynb").symlink_to(COURSE.root / "solutions" / ASSIGNMENT / f"{TWO}.ipynb")
    marks = office.mark_all()["anna"]
    assert {mark.notebook for mark in marks.values()} == {ONE}
    assert not_ok(marks) == {"row-dot": "wrong"}


# --- cells


def without(notebook, id):
    del notebook.cells[at(notebook, id)]


def edit(**changes):
    def change(notebook, id):
        notebook.cells[at(notebook, id)].update(changes)

    return change


def relabel(notebook, id):
    notebook.cells[at(notebook, id)].metadata.nbgrader.grade_id = "summary"


def unlock(notebook, id):
    notebook.cells[at(notebook, id)].metadata.nbgrader.update(locked=False, grade=False, solution=True, points=99)


def duplicate(notebook, id):
    notebook.cells.insert(0, nbformat.from_dict(notebook.cells[at(notebook, id)]))


def strip_all(notebook, id):
    for cell in notebook.cells:
        cell.metadata = {}
        cell.pop("id")
    notebook.nbformat_minor = 4


CELLS = {
    "its check deleted": (without, "check-row-dot", "ok"),
    "its check edited": (edit(source="pass"), "check-row-dot", "ok"),
    "its check retyped": (edit(cell_type="raw"), "check-row-dot", "ok"),
    "its check unlocked, worth 99": (unlock, "check-row-dot", "ok"),
    "its check relabelled": (relabel, "check-row-dot", "ok"),
    "its check twice": (duplicate, "check-row-dot", "ok"),
    "its answer relabelled": (relabel, "row-dot", "ok"),
    "its answer unlocked": (unlock, "row-dot", "ok"),
    "its answer twice": (duplicate, "row-dot", "ok"),
    "its answer deleted": (without, "row-dot", "missing"),
    "its answer as text": (edit(cell_type="markdown"), "row-dot", "ok"),
    "its set-up deleted": (without, "setup", "ok"),
    "its text deleted": (without, "title", "ok"),
    "no metadata and no ids": (strip_all, None, "ok"),
}


@pytest.mark.parametrize(("change", "id", "verdict"), CELLS.values(), ids=CELLS)
def test_cells_that_are_not_as_released(counter, change, id, verdict):
    notebook = solved(ONE)
    if id == "title":
        id = notebook.cells[0].id
    change(notebook, id)
    mark = counter.mark_file(json.dumps(notebook).encode())
    assert (mark.verdict, mark.max_points) == (verdict, 1), mark


def test_a_deleted_answer_is_missing_though_a_given_cell_stops_without_it(office):
    notebook = solved(TWO)
    without(notebook, "koren-fit")
    assert not_ok(office.mark(notebook)) == {"koren-fit": "missing"}


# --- the grader's own failures


def test_a_failure_of_our_own_costs_nobody_a_point(office, reference, monkeypatch):
    def broken(a, b):
        raise ZeroDivisionError("in the solution")

    names = {ONE: {**reference.names(ONE), "row_dot": broken}}
    office.marker.reference = SimpleNamespace(names=names.get, reviews=reference.reviews, unseen=None)
    monkeypatch.setattr(office, "check", lambda result: None)
    mark = office.mark(solved(ONE))["row-dot"]
    assert (mark.verdict, mark.points) == ("grader_error", None)


def test_a_sandbox_that_does_not_start_costs_nobody_a_point(office, tmp_path, monkeypatch):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "__main__.py").write_text("raise ImportError('a broken installation')")
    (tmp_path / "inside" / "checks.py").touch()
    monkeypatch.setattr("grading.remote.kernel.INSIDE", tmp_path / "inside")
    monkeypatch.setattr(office, "check", lambda result: None)
    mark = office.mark(solved(ONE))["row-dot"]
    assert (mark.verdict, mark.points) == ("grader_error", None)
    assert "the sandbox did not start" in mark.message


def test_the_same_submission_gets_the_same_marks_and_messages(counter):
    random_words = row_dot(
        "import os\nraise ValueError(hash('word'), {'a', 'b', 'c'}, torch.rand(1), np.random.rand())"
    )
    assert counter.mark(with_row_dot(random_words)) == counter.mark(with_row_dot(random_words))
