"""A class to look at, graded: solved, half done, wrong, broken and hostile. `python -m grading.demo [FOLDER]`.

The folder (demo/) is a course of its own, with its own gradebook; it is made anew each time. What each student should
get stands below, and the demo says so if one gets something else.
"""

import copy
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode

from authoring.notebooks import ROOT
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades

Notebooks = dict[str, NotebookNode]  # by the name of the file

MADE = ["solutions", "notebooks", "submitted", "autograded", "feedback", ".grading"]
MADE += ["gradebook.db", "grades.csv", "grades-by-student.csv", "grades.html"]
GRADEBOOK = """
# the demo's own, wherever that of your class is
c.CourseDirectory.db_url = "sqlite:///" + str(Path(__file__).resolve().with_name("gradebook.db"))
"""
OPEN_ANSWER = "I would deploy RatingPred: it needs nothing but the words, so it works for new users and items too."

MEAN = ("classic-mf", "(embed_u * embed_i).sum(dim=1)", "(embed_u * embed_i).mean(dim=1)")
SWAPPED = ("rating-pred-profile", "self.users(user), self.items(item)", "self.items(item), self.users(user)")
NO_TEXT = ("joint-step", " + text_weight * loss_func(close, far)", "")
ENDLESS = ("row-dot", "dots = (a * b).sum(dim=1)", "while True:\n        dots = (a * b).sum(dim=1)")
CRASHING = ("row-dot", "dots = (a * b).sum(dim=1)", "import ctypes\n    dots = ctypes.string_at(0)")

FORGERY = """
import json

import torch
from exercises import checks

for name in checks.__all__:
    setattr(checks, name, lambda *answer: print("✓ Exercise 1.1: 1 point."))
json.dumps = lambda *value, **options: '{"verdict": "ok", "points": 21}'
torch.allclose = torch.equal = lambda *tensors, **options: True
print("✓ all exercises: 21 points.")
"""

NEXT = """
Look at
  {root}/feedback/wrong-mean/{folder}/feedback.html   what a student reads; open it in a browser
  {root}/feedback/forged/{folder}/feedback.html       the same, of one who made every check say "right"
  {root}/grades.html   what the class did
  {root}/grades.csv    a row per student and exercise
and at the open question, which waits for you in nbgrader's Formgrader. In the folder {root}, type
  {jupyter} lab
and choose Nbgrader, Formgrader."""


class Student(NamedTuple):
    """A student of the demo: what they hand in, and what it is worth."""

    name: str
    right: Callable[[Course], Iterable[str]]  # ids of the exercises that earn their points
    notebooks: Callable[[Course], Notebooks]  # of a course
    hand_in: Callable[[Path, Notebooks], None]


def main(arguments: list[str] | None = None) -> int:
    """Make the class and grade it; return 1 if a student does not get what they should."""
    arguments = sys.argv[1:] if arguments is None else arguments
    root = Path(arguments[0] if arguments else ROOT / "demo")
    make_class(root)
    command = ["-m", "grading", str(root / "submitted"), "--course", str(root), "--out", str(root / "grades.csv")]
    print(f"A class of {len(STUDENTS)} is in {shown(root)}. Now, as `make grade` does for yours:\n", flush=True)
    code = subprocess.run([sys.executable, *command], check=False).returncode
    if code == 2:
        return code
    surprises = compare(root / "grades.csv")
    print("\n".join(surprises) or "Each student got what the demo expects.")
    jupyter = Path(sys.executable).with_name("jupyter")
    print(NEXT.format(root=shown(root), folder=ASSIGNMENT, jupyter=jupyter))
    return int(code > 0 or bool(surprises))


def shown(path: Path) -> Path:
    """Return a path as one would type it here."""
    path = Path(path).resolve()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def make_class(root: Path) -> None:
    """Make the course in the folder `root`, and what its students handed in; the demo's own files of before go."""
    for name in MADE:
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    ours = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(ours + GRADEBOOK, encoding="utf-8")
    course = Course(root)
    for student in STUDENTS:
        student.hand_in(root / "submitted" / student.name, student.notebooks(course))


def compare(path: Path) -> list[str]:
    """Return a sentence for each student whose total in grades.csv is not the expected one."""
    course, totals = Course(), dict.fromkeys((student.name for student in STUDENTS), 0.0)
    for mark in read_grades(path):
        totals[mark.student] += mark.points or 0
    due = {student.name: sum(course.automatic[id].points for id in student.right(course)) for student in STUDENTS}
    return [
        f"{name} got {totals[name]:g} points, and should have got {points:g}."
        for name, points in due.items()
        if totals[name] != points
    ]


# what is right of it


def everything(course: Course) -> Iterable[str]:
    """Return the ids of all exercises."""
    return course.automatic


def nothing(course: Course) -> Iterable[str]:
    """Return no id."""
    return ()


def half(course: Course) -> list[str]:
    """Return the ids up to the middle of the third notebook."""
    ids = list(course.automatic)
    return ids[: ids.index("rating-pred") + 1]


def all_but_the_last_notebook(course: Course) -> list[str]:
    """Return the ids of the exercises of all notebooks but the last."""
    last = list(course.released)[-1]
    return [id for id, exercise in course.automatic.items() if exercise.notebook != last]


# what students hand in


def untouched(course: Course) -> Notebooks:
    """Return the notebooks as they are given out."""
    return {f"{name}.ipynb": copy.deepcopy(notebook) for name, notebook in course.released.items()}


def solved(course: Course, *mistakes: tuple[str, str, str], only: Collection[str] | None = None) -> Notebooks:
    """Return the notebooks with our answers, to all exercises or `only` some.

    mistakes: (exercise, a piece of its solution, what stands there instead).
    """
    answers = {exercise.id: without_markers(exercise.solution) for exercise in course.automatic.values()}
    answers["which-model"] = OPEN_ANSWER
    for exercise, right, wrong in mistakes:
        if right not in answers[exercise]:
            raise ValueError(f"The solution of {exercise} does not say {right!r} any more.")
        answers[exercise] = answers[exercise].replace(right, wrong)
    notebooks = untouched(course)
    for cell in (cell for notebook in notebooks.values() for cell in notebook.cells):
        if cell.id in (answers if only is None else only):
            cell.source = answers[cell.id]
    return notebooks


def without_markers(solution: str) -> str:
    """Return a solution as a student would have it: without the lines that say where it begins and ends."""
    return "\n".join(line for line in solution.split("\n") if not line.strip().startswith("### "))


def half_done(course: Course) -> Notebooks:
    """Return the notebooks of a student who came as far as the middle of the third."""
    return solved(course, only=half(course))


def forged(course: Course) -> Notebooks:
    """Return notebooks without answers, whose first cell makes every check in them say that all is right."""
    notebooks = untouched(course)
    for notebook in notebooks.values():
        notebook.cells.insert(0, nbformat.v4.new_code_cell(FORGERY, id="forgery"))
    return notebooks


def without_the_last(course: Course) -> Notebooks:
    """Return the notebooks of a student who forgot one."""
    return dict(list(solved(course).items())[:-1])


def from_colab(course: Course) -> Notebooks:
    """Return half done notebooks as Colab saves them: without ids of cells, with metadata of its own."""
    notebooks = half_done(course)
    for notebook in notebooks.values():
        notebook.nbformat_minor = 0
        notebook.metadata = nbformat.from_dict({"colab": {"provenance": []}})
        for number, cell in enumerate(notebook.cells):
            del cell["id"]
            cell.metadata = nbformat.from_dict({"id": f"Xk3{number:09}"})
    return notebooks


# how they hand it in


def in_a_folder(path: Path, notebooks: Notebooks) -> None:
    """Write the notebooks where nbgrader expects them."""
    folder = path / ASSIGNMENT
    folder.mkdir(parents=True)
    for name, notebook in notebooks.items():
        (folder / name).write_text(nbformat.writes(notebook), encoding="utf-8")


def as_a_zip(path: Path, notebooks: Notebooks) -> None:
    """Write one archive instead of a folder, with a folder in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, notebook in notebooks.items():
            archive.writestr(f"my session/{name}", nbformat.writes(notebook))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{path.name}.zip").write_bytes(content.getvalue())


def with_mistake(name: str, exercise: str, right: str, wrong: str) -> Student:
    """Return a student who solved all but for one mistake."""
    return Student(
        name,
        lambda course: course.automatic.keys() - {exercise},
        lambda course: solved(course, (exercise, right, wrong)),
        in_a_folder,
    )


STUDENTS = [
    Student("solved", everything, solved, in_a_folder),
    Student("half-done", half, half_done, in_a_folder),
    Student("untouched", nothing, untouched, in_a_folder),
    with_mistake("wrong-mean", *MEAN),
    with_mistake("wrong-order", *SWAPPED),
    with_mistake("wrong-loss", *NO_TEXT),
    with_mistake("endless", *ENDLESS),
    with_mistake("crashing", *CRASHING),
    Student("forged", nothing, forged, in_a_folder),
    Student("zipped", half, half_done, as_a_zip),
    Student("one-missing", all_but_the_last_notebook, without_the_last, in_a_folder),
    Student("colab", half, from_colab, in_a_folder),
]

if __name__ == "__main__":
    sys.exit(main())
