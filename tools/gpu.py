"""Run the solutions, the checks and the grader on a graphics card, with a report: `python -m tools.gpu`.

Those students of the demo who solved all are graded twice: as always, with the grader's own models on the card, and the
students' in the sandbox, which shows them none; and with `--trust`, all on the card. Without a card, `--device cpu`
tries this program: it does the same work on the processor.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import torch

from authoring.notebooks import execute, read
from grading import demo
from grading.course import Course
from grading.publishing.grades_csv import read_grades
from tools.elsewhere import NOTEBOOKS, ROOT, failures

NO_CUDA = "torch finds no graphics card with CUDA here; --device cpu tries this program without one."
DEVICE = "[device]\nregex: , device='cuda:[0-9]+'\nreplace:\n"  # what a printed tensor says of where it is
COURSE = Course()
FULL = sum(exercise.points for exercise in COURSE.automatic.values())
PYTEST = ["pytest", "-q", "-n", "2", "--dist", "loadscope", "-m", "not long"]


def main():
    """Run everything, write the report, and return 0 only if all went well; 2 without a card."""
    parser = argparse.ArgumentParser(prog="python -m tools.gpu", description=__doc__.split("\n")[0])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="where models are trained (cuda)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "gpu", help="the folder to write to (dist/gpu)")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print(NO_CUDA, file=sys.stderr)
        return 2
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECSYS_")}
    if options.device == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    work = Work(options.out, environment)
    work.solutions()
    work.checks()
    work.grading("in the sandbox, which shows no card")
    work.grading("with --trust, on the card" if options.device == "cuda" else "with --trust", "--trust")
    work.models()
    report = "\n".join(["# On a graphics card", "", *facts(options.device), "", *work.lines, ""])
    (options.out / "report.md").write_text(report, encoding="utf-8")
    print(f"{report}\nThis is kept in {options.out / 'report.md'}.")
    return int(work.failed)


def facts(device):
    """Yield lines on the machine."""
    if device == "cuda":
        card, query = torch.cuda.get_device_properties(0), ["nvidia-smi", "--query-gpu=driver_version", "--format=csv"]
        driver = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()[1]
        yield f"- Card: {card.name}, {card.total_memory / 2**30:.0f} GiB; driver {driver}"
    else:
        yield "- **No card: this was tried on the processor**"
    yield f"- torch {torch.__version__}, built for CUDA {torch.version.cuda or '- none'}"
    yield f"- Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


class Work:
    """What is run, in folders of its own below `folder`, and the lines of the report."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.lines, self.failed = ["| what | how it went | seconds |", "|---|---|---|"], False
        folder.mkdir(parents=True, exist_ok=True)

    def solutions(self):
        """Run the solutions under nbval."""
        sanitize = self.folder / "sanitize.cfg"
        sanitize.write_text(DEVICE, encoding="utf-8")
        self.pytest(
            "solutions against their stored outputs", "--nbval", f"--nbval-sanitize-with={sanitize}", *NOTEBOOKS
        )

    def checks(self):
        """Hold the checks against the bank of answers."""
        folder = ROOT / "tests" / "exercises"
        self.pytest("checks on right and wrong answers", folder / "test_answers.py", folder / "test_checks.py")

    def pytest(self, what, *arguments):
        """Run tests, and note which failed."""
        report = self.folder / "tests.xml"
        report.unlink(missing_ok=True)
        done, seconds = self.run(what, *PYTEST, f"--junitxml={report}", *arguments)
        failed = list(failures(report)) or ["pytest ended with an error"]
        self.note(what, f"failed: {'; '.join(failed)}" if done.returncode else "green", seconds, done.returncode)

    def grading(self, how, *options):
        """Grade the students of the demo who solved all; note who did not get all points."""
        course = self.folder / "class"
        shutil.rmtree(course, ignore_errors=True)
        demo.make_class(course)
        solved = {student.name for student in demo.STUDENTS if set(student.right(COURSE)) == set(COURSE.automatic)}
        for path in (course / "submitted").iterdir():
            if path.name.removesuffix(".zip") not in solved:
                path.unlink() if path.is_file() else shutil.rmtree(path)
        grades, what = course / "grades.csv", f"{len(solved)} solved submissions, graded {how}"
        arguments = ["grading", course / "submitted", "--course", course, "--out", grades, *options]
        done, seconds = self.run(what, *arguments)
        points = dict.fromkeys(sorted(solved), 0)
        for mark in read_grades(grades) if grades.exists() else ():
            points[mark.student] += mark.points or 0
        wrong = [f"{name} got {got:g} of {FULL:g} points" for name, got in points.items() if got != FULL]
        self.note(what, "; ".join(wrong) or f"{FULL:g} points each", seconds, wrong or done.returncode)

    def models(self):
        """Put the table of all models, which notebook 4 prints, into the report."""
        start = time.perf_counter()
        notebook = execute(read(NOTEBOOKS[-1]), env=self.environment, allow_errors=True)
        [cell] = [cell for cell in notebook.cells if cell.id == "table-run"]
        table = "".join(output.get("text", "") for output in cell.outputs)
        self.note("notebook 4 again, for its table", "see below" if table else "no table", time.perf_counter() - start)
        self.failed |= not table
        self.lines += ["", "Mean squared errors, and the seconds of training:", "", "```", table.rstrip("\n"), "```"]

    def run(self, what, *arguments):
        """Run a module of this Python; return the process and its seconds. What it prints is shown."""
        print(f"--- {what}", flush=True)
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", *map(str, arguments)], cwd=ROOT, env=self.environment, check=False)
        return done, time.perf_counter() - start

    def note(self, what, how, seconds, failed=False):
        """Add a line to the report."""
        self.lines.append(f"| {what} | {how} | {seconds:.0f} |")
        self.failed |= bool(failed)


if __name__ == "__main__":
    sys.exit(main())
