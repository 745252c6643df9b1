"""What marking a submission costs: CPU seconds, beside those of four bare kernels that only import torch."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import matplotlib
import nbformat
import torch
from nbclient import NotebookClient

from grading.course import ASSIGNMENT, Course
from grading.marking import Marker
from grading.reference import Reference
from grading.submissions import find_submissions

ROUNDS = 3


def grading():
    """Print the CPU seconds of a solved submission, of an untouched one, and of four bare kernels, in turns.

    They are marked without the sandbox, so that the system counts what students' code takes; that of bubblewrap itself
    is some hundredths of a second.
    """
    matplotlib.use("agg")
    torch.set_num_threads(1)
    course = Course()
    with tempfile.TemporaryDirectory() as folder:
        submissions = {one.student: one for one in find_submissions(make_class(course, Path(folder)), course)}
        marker = Marker(course, Reference(course, folder, seed=0), key=b"a benchmark", trust=True)
        work = {name: lambda one=one: marker.mark(one) for name, one in submissions.items()}
        work["four bare kernels"] = bare_kernels
        seconds = {name: [] for name in work}
        for _ in range(ROUNDS):
            for name, do in work.items():
                before = spent()
                do()
                seconds[name].append(spent() - before)
    least = {name: min(times) for name, times in seconds.items()}
    print("CPU seconds, least of 3 (and most)")
    for name, times in seconds.items():
        print(f"{name:<18} {least[name]:5.2f} ({max(times):.2f}), {least[name] / least['four bare kernels']:.2f} times")


def make_class(course, folder):
    """Make a solved and an untouched submission below `folder`; return where they are."""
    submitted = folder / "submitted"
    for student in ("solved", "untouched"):
        shutil.copytree(course.root / "notebooks" / ASSIGNMENT, submitted / student / ASSIGNMENT)
    for path in (submitted / "solved" / ASSIGNMENT).glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.id in course.exercises:
                cell.source = course.exercises[cell.id].solution
        nbformat.write(notebook, path)
    return submitted


def bare_kernels():
    """Start four kernels, one after the other, and import torch in each."""
    for _ in range(4):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch")])
        NotebookClient(notebook, kernel_name="python3", extra_arguments=["--IPKernelApp.log_level=40"]).execute()


def spent():
    """Return the CPU seconds of this process and of all that it started and that have ended."""
    time.sleep(0.1)
    return sum(os.times()[:4])
