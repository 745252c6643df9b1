"""A class whose results are simulated: those of a few students, under the names of many.

`python -m tools.simulated_class FOLDER [STUDENTS ...]` prints what the grader takes to hand over the results of a class
of 20, of 200, of 2,000, and what it needs when nothing is left to do: CPU seconds, and peak memory.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.handed_in.submissions import find_submissions
from grading.running.results import FOLDER, Results

MODELS = {  # whose results are taken
    "solved": demo.solved,
    "wrong": lambda course: demo.solved(course, demo.MEAN),
    "half-done": demo.half_done,
    "untouched": demo.untouched,
}


def make_models(root):
    """Make a course in `root` with a few students, and grade it."""
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    for name, made in MODELS.items():
        demo.in_a_folder(root / "submitted" / name, made(Course(root)))
    subprocess.run(command(root), check=True)


def simulate(models, root, students):
    """Make a course in `root` with that many students, whose results are those of `models`, in turns."""
    for name in ("solutions", "notebooks"):
        shutil.copytree(models / name, root / name)
    (root / FOLDER).mkdir()
    shutil.copy(models / FOLDER / "key", root / FOLDER)
    given, made = Results(Course(models)), Results(Course(root))
    known = [
        given.load_whole(submission.student) for submission in find_submissions(models / "submitted", given.course)
    ]
    for number in range(students):
        kept, student = known[number % len(known)], f"student-{number:05}"
        shutil.copytree(models / "submitted" / kept.student, root / "submitted" / student)
        parts = {
            name: part._replace(marks=[mark._replace(student=student) for mark in part.marks])
            for name, part in kept.parts.items()
        }
        made.save(kept._replace(student=student, parts=parts))


def command(root):
    """Return the command that grades a class."""
    grading = [sys.executable, "-m", "grading", root / "submitted", "--course", root, "--out", root / "grades.csv"]
    return [str(part) for part in grading]


def needs(root):
    """Grade a class; return what that took: CPU seconds, and at most that many megabytes of memory."""
    process = subprocess.Popen(command(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command(root))} ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    """Print what classes of several sizes take."""
    folder, *sizes = sys.argv[1:]
    folder = Path(folder).resolve()
    folder.mkdir(mode=0o755)
    make_models(folder / "models")
    print(f"{'students':>8}{'to hand over: CPU s':>22}{'MB':>6}{'nothing to do: CPU s':>24}{'MB':>6}")
    for students in map(int, sizes or (20, 200, 2000)):
        root = folder / str(students)
        simulate(folder / "models", root, students)
        first, again = needs(root), needs(root)
        print(f"{students:>8}{first[0]:>22.1f}{first[1]:>6.0f}{again[0]:>24.1f}{again[1]:>6.0f}", flush=True)


if __name__ == "__main__":
    main()
