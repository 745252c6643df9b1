"""A large class of all kinds of submissions, and what the grader must say of each.

`python -m tools.large_class FOLDER [--students 200] [--kills 10]` makes the class in FOLDER, grades it as an instructor
would, and compares each verdict with the expected one. Then it does so again, kills the grader with `kill -9` at random
moments, resumes, and compares the files of marks byte for byte.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import nbformat

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
from grading.running.results import FOLDER
from tests.grading.examining.test_forgeries import BAD, FORGERIES
from tests.kit.answer_bank import answers

OK, TODO, MISSING, UNREADABLE = {"ok"}, {"todo"}, {"missing"}, {"unreadable"}
NOT_RIGHT = {"wrong", "todo", "error", "timeout", "memory", "crashed"}
NEEDS = {  # exercises that run another's answer: where that is not right, nobody can say what they get
    "koren-fit": {"classic-mf", "koren-mf"},
    "text-classic-mf": {"text-item"},
    "joint-step": {"negative-sampling-loss"},
}
UNSTEADY = "looks for secrets in /proc"  # it says what it found, which is another text each time
NEEDED = set().union(*NEEDS.values())
HOSTILE = {  # answers to exercise 1.1, beside FORGERIES
    "endless": "def row_dot(a, b):\n    while True:\n        pass",
    "crashing": "def row_dot(a, b):\n    import ctypes\n    return ctypes.string_at(0)",
    "quitting": "import os\ndef row_dot(a, b):\n    os._exit(0)",
    "leaving": "def row_dot(a, b):\n    raise SystemExit",
    "greedy": "def row_dot(a, b):\n    hoard = [bytearray(2**28) for _ in range(1000)]",
    "flooding": "def row_dot(a, b):\n    print('x' * 10**7)\n    return a.sum(1)",
    "forking": "import os\ndef row_dot(a, b):\n    while True:\n        os.fork()",
    "filling": "def row_dot(a, b):\n    with open('/tmp/x', 'wb') as file:\n        file.write(bytes(2**32))",
}


class Handed(NamedTuple):
    """What a student hands in, and the verdicts that it may get."""

    kind: str
    notebooks: dict  # {name: notebook, or the bytes of a file}
    expected: dict  # {exercise: possible verdicts}


class Maker:
    """Makes students, each from their own random numbers."""

    def __init__(self, course, seed):
        self.course, self.seed = course, seed
        self.solutions = {id: demo.without_markers(exercise.solution) for id, exercise in course.automatic.items()}

    def student(self, number):
        """Return the number-th student's name, what they hand in, and how it is packed."""
        draw = random.Random(f"{self.seed} {number}")
        kinds, weights = zip(*KINDS.items(), strict=True)
        (kind,) = draw.choices(kinds, weights)
        handed = kind(self, draw)
        packing = draw.choice(list(PACKINGS if handed.kind == "solved" else PACKINGS[:-1]))
        return f"student-{number:04}", handed, packing

    def mixed(self, draw):
        """Answers of the bank, right and wrong, and exercises not begun."""
        sources, expected = {}, {}
        for id, exercise in self.course.automatic.items():
            kind = draw.choices(["right", "wrong", "todo"], [6, 2, 1])[0]
            if any(expected[other] != OK for other in NEEDS.get(id, ())):
                kind = "todo"
            if id in NEEDED and kind == "right":  # other right answers need not go with every answer that needs them
                sources[id], expected[id] = self.solutions[id], OK
            elif kind == "todo":
                sources[id], expected[id] = exercise.stub, TODO
            else:
                file = draw.choice(answers(kind, id))
                sources[id] = file.read_text(encoding="utf-8")
                expected[id] = OK if kind == "right" else NOT_RIGHT
        return Handed("mixed", self.notebooks(sources), expected)

    def solved(self, draw):
        """All of our own answers."""
        return Handed("solved", self.notebooks(self.solutions), dict.fromkeys(self.solutions, OK))

    def untouched(self, draw):
        """The notebooks as they were given out."""
        return Handed("untouched", self.notebooks({}), dict.fromkeys(self.solutions, TODO))

    def incomplete(self, draw):
        """Solved, but for notebooks that were forgotten: perhaps all of them."""
        handed = self.solved(draw)
        forgotten = draw.sample(list(handed.notebooks), draw.randint(1, len(handed.notebooks)))
        notebooks = {name: handed.notebooks[name] for name in handed.notebooks if name not in forgotten}
        return Handed("incomplete", notebooks, handed.expected | self.verdicts(forgotten, MISSING))

    def broken(self, draw):
        """Solved, but for a file that has been cut off."""
        handed = self.solved(draw)
        name = draw.choice(list(handed.notebooks))
        text = nbformat.writes(handed.notebooks[name])
        broken = text[: draw.randrange(1, len(text) - 10)].encode()
        return Handed("broken", handed.notebooks | {name: broken}, handed.expected | self.verdicts([name], UNREADABLE))

    def without_a_cell(self, draw):
        """Solved, but for a cell that has been deleted."""
        handed = self.solved(draw)
        gone = draw.choice([id for id in self.solutions if not any(id in needs for needs in NEEDS.values())])
        notebook = handed.notebooks[self.course.automatic[gone].notebook]
        notebook.cells = [cell for cell in notebook.cells if cell.id != gone]
        return Handed("without a cell", handed.notebooks, handed.expected | {gone: MISSING})

    def hostile(self, draw):
        """Solved, but for an answer that does harm, or forges its marks."""
        forgeries = [(name, BAD + dedent(forgery)) for name, forgery in FORGERIES.items() if name != UNSTEADY]
        name, source = draw.choice([*HOSTILE.items(), *forgeries])
        return Handed(
            f"hostile: {name}",
            self.notebooks(self.solutions | {"row-dot": source}),
            dict.fromkeys(self.solutions, OK) | {"row-dot": NOT_RIGHT},
        )

    def forged(self, draw):
        """No answers, and a first cell that lets every check say that all is right."""
        notebooks = {name.removesuffix(".ipynb"): each for name, each in demo.forged(self.course).items()}
        return Handed("forged", notebooks, dict.fromkeys(self.solutions, NOT_RIGHT))

    def notebooks(self, sources):
        """Return the student's notebooks with these answers."""
        notebooks = deepcopy(self.course.released)
        for cell in (cell for notebook in notebooks.values() for cell in notebook.cells):
            cell.source = sources.get(cell.id, cell.source)
        return notebooks

    def verdicts(self, names, verdict):
        """Return {exercise: verdict} of the exercises in the notebooks of these names."""
        return {id: verdict for id, exercise in self.course.automatic.items() if exercise.notebook in names}


KINDS: dict[Callable, int] = {  # and how often each comes, of 20
    Maker.mixed: 9,
    Maker.solved: 3,
    Maker.untouched: 2,
    Maker.hostile: 2,
    Maker.incomplete: 1,
    Maker.broken: 1,
    Maker.without_a_cell: 1,
    Maker.forged: 1,
}


# how they hand it in


def in_the_folder(path, files):
    """As nbgrader has it."""
    write(path / ASSIGNMENT, files)


def in_a_plain_folder(path, files):
    """In a folder of the student's name, without one of the assignment's."""
    write(path, files)


def renamed(path, files):
    """As a browser names what is downloaded twice."""
    write(path / ASSIGNMENT, {name.replace(".ipynb", " (1).ipynb"): content for name, content in files.items()})


def zipped(path, files):
    """One archive."""
    source = path.with_name(f"{path.name}.unzipped")
    write(source, files)
    shutil.make_archive(str(path), "zip", source)
    shutil.rmtree(source)


def through_colab(path, files):
    """As Colab saves them: without ids of cells."""
    notebooks = {name: nbformat.reads(content.decode(), as_version=4) for name, content in files.items()}
    for notebook in notebooks.values():
        notebook.nbformat_minor = 0
        for cell in notebook.cells:
            del cell["id"]
            cell.metadata = nbformat.from_dict({})
    write(path, {name: nbformat.writes(notebook).encode() for name, notebook in notebooks.items()})


PACKINGS = (in_the_folder, in_a_plain_folder, renamed, zipped, through_colab)


def write(folder, files):
    """Write files, given as bytes."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


# a class


def make_class(root, students, seed=1):
    """Make a course in `root` with that many students; return {student: Handed}."""
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    maker, made = Maker(Course(root), seed), {}
    for number in range(students):
        student, handed, pack = maker.student(number)
        files = {
            f"{name}.ipynb": each if isinstance(each, bytes) else nbformat.writes(each).encode()
            for name, each in handed.notebooks.items()
        }
        pack(root / "submitted" / student, files)
        made[student] = handed
    return made


def surprises(made, path):
    """Return a sentence for each verdict in a file of marks that is not an expected one, or that is not there."""
    got = {(mark.student, mark.exercise): mark for mark in read_grades(path)}
    for student, handed in made.items():
        for exercise, expected in handed.expected.items():
            mark = got.pop((student, exercise), None)
            if mark is None or mark.verdict not in expected:
                found = mark and f"{mark.verdict}, {mark.message}"
                yield f"{student} ({handed.kind}), {exercise}: expected {' or '.join(sorted(expected))}; got {found}"
    yield from (f"{student}, {exercise}: a mark that nobody asked for" for student, exercise in got)


def command(root, *options):
    """Return the command that grades the class."""
    grading = [sys.executable, "-m", "grading", root / "submitted", "--course", root, "--out", root / "grades.csv"]
    return [str(part) for part in [*grading, *options]]


def killed(root, seconds, seed=1):
    """Grade a class, killing the grader each time after one of these `seconds`; return how often that was in time."""
    draw, kills = random.Random(seed), 0
    for most in seconds:
        process = subprocess.Popen(command(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(draw.uniform(0.1, most))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    return kills


def forget(root):
    """Forget all that was marked in a course, but keep its key, from which random inputs are drawn."""
    key = (root / FOLDER / "key").read_bytes()
    for name in (FOLDER, "autograded", "feedback"):
        shutil.rmtree(root / name)
    for name in ("gradebook.db", "grades.csv", "grades.html"):
        (root / name).unlink()
    (root / FOLDER).mkdir()
    (root / FOLDER / "key").write_bytes(key)


def main():
    """Make a class, grade it with and without being killed, and say what was found; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that is made, and must not be there")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    root = options.folder.resolve()
    made = make_class(root, options.students, options.seed)
    for kind, count in sorted(Counter(handed.kind.split(":")[0] for handed in made.values()).items()):
        print(f"{count:>5} {kind}", flush=True)
    start = time.monotonic()
    subprocess.run(command(root), check=True)
    seconds = time.monotonic() - start
    found = list(surprises(made, root / "grades.csv"))
    verdicts = sum(len(handed.expected) for handed in made.values())
    print("\n".join([*found, f"{verdicts - len(found)} of {verdicts} verdicts as expected, in {seconds:.0f} s"]))
    once = (root / "grades.csv").read_bytes()
    if options.kills:
        forget(root)
        kills = killed(root, [2 * seconds / options.kills] * options.kills, options.seed)
        subprocess.run(command(root), check=True)
        same = (root / "grades.csv").read_bytes() == once
        print(f"Killed {kills} times, resumed: grades.csv is {'the same' if same else 'NOT THE SAME'}, byte for byte.")
        found += [] if same else ["not the same"]
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
