"""How soon students get their pages while their class is watched, and what watching costs while nothing arrives.

`python -m tools.watched_class FOLDER` makes a course in FOLDER and has the grader watch it. Hand-ins arrive over some
minutes: most of them solved or half done, some endless, one that crashes. It prints how long each waited for its page,
from the moment when the last file was there, and how much of a processor the grader used while nothing arrived.
"""

import argparse
import random
import shutil
import sys
import time
from pathlib import Path
from statistics import median

import psutil

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course

QUIET = 60  # seconds in which nothing arrives


def kinds(students, endless):
    """Return {student: what they hand in}: `endless` ones and a crashing one early, the others solved or half done."""
    honest = [demo.solved, demo.half_done, lambda course: demo.solved(course, demo.MEAN)]
    made = {f"student-{n:02}": honest[n % len(honest)] for n in range(students)}
    for n, name in enumerate(list(made)[2 : 3 + endless]):
        mistake = demo.ENDLESS if n < endless else demo.CRASHING
        made[name] = lambda course, mistake=mistake: demo.solved(course, mistake)
    return made


def page(root, student):
    """Return the path of a student's page."""
    return root / "feedback" / student / ASSIGNMENT / "feedback.html"


def cpu(process):
    """Return the seconds of the processor that the grader and all its processes have used."""
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


def main():
    """Have hand-ins arrive, and print how long they waited; return 1 if somebody has no page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that is made, and must not be there")
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--endless", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=10, help="in which they arrive")
    options = parser.parse_args()
    root = options.folder.resolve()
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    (root / "submitted").mkdir()
    command = [
        sys.executable,
        "-m",
        "grading",
        root / "submitted",
        "--watch",
        "--course",
        root,
        "--out",
        root / "g.csv",
    ]
    with (root / "said.txt").open("w") as said:
        grader = psutil.Popen([str(part) for part in command], stdout=said, stderr=said)
    try:
        while "Watching" not in (root / "said.txt").read_text():
            assert grader.poll() is None, (root / "said.txt").read_text()
            time.sleep(1)
        return measure(root, grader, kinds(options.students, options.endless), 60 * options.minutes)
    finally:
        grader.terminate()
        grader.wait()


def measure(root, grader, made, seconds):
    """Have hand-ins arrive in so many seconds, at random; print what was measured."""
    before = cpu(grader)
    time.sleep(QUIET)
    print(f"Nothing there: {(cpu(grader) - before) / QUIET:.2%} of a processor in {QUIET} s", flush=True)
    draw, course, start = random.Random(1), Course(root), time.monotonic()
    due = dict(zip(made, sorted(draw.uniform(0, seconds) for _ in made), strict=True))
    arrived, waited = {}, {}
    while len(waited) < len(made):
        now = time.monotonic() - start
        for student in [name for name, when in due.items() if when <= now and name not in arrived]:
            demo.in_a_folder(root / "submitted" / student, made[student](course))
            arrived[student] = time.time()
        for student in [name for name in arrived if name not in waited and page(root, name).exists()]:
            waited[student] = page(root, student).stat().st_mtime - arrived[student]
        assert grader.poll() is None, (root / "said.txt").read_text()
        time.sleep(1)
    for student, wait in waited.items():
        print(f"{student} arrived after {due[student]:4.0f} s, and waited {wait:4.0f} s")
    print(f"{len(made)} pages: middle wait {median(waited.values()):.0f} s, longest {max(waited.values()):.0f} s")
    before = cpu(grader)
    time.sleep(QUIET)
    print(f"All marked: {(cpu(grader) - before) / QUIET:.2%} of a processor in {QUIET} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
