"""What Moodle and Canvas give of a class in two rounds: downloads, and the files that marks are entered in.

`python -m tools.platform_class FOLDER` writes them for 40 students. In the second round some hand in again, some of
them late, and some for the first time. All hand in the first notebook, so that marking them takes a minute or two.
"""

import csv
import io
import sys
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import nbformat

from authoring.registry import Exercise
from grading import demo
from grading.collect.headings import LANGUAGES
from grading.course import Course
from tools.made_up_class import FIRST, LAST

MISTAKE = ("row-dot", "dots = (a * b).sum(dim=1)", "dots = (a * b).mean(dim=1)")
KINDS = ("solved", "wrong", "untouched", "nothing")  # in turns; "nothing" is a file that is no notebook
START = datetime(2026, 11, 23, 8)
DAY = timedelta(days=1)
GERMAN = LANGUAGES["German"]


class Student:
    """A student of the class, who is known to the platforms by a number."""

    def __init__(self, n: int, course: Course) -> None:
        self.n, self.course, self.id = n, course, 100 + n
        self.name = f"{FIRST[n % len(FIRST)]} {LAST.split()[n // len(FIRST)]}"
        self.email = f"student{n}@x.org"
        self.kinds = ["" if n % 8 == 7 else KINDS[n % len(KINDS)], "solved" if n % 8 in (1, 2, 7) else ""]

    def is_late(self, rounds: int) -> bool:
        """Whether what counts after so many rounds was late: two of three of the second round are."""
        return rounds == 2 and bool(self.kinds[1]) and self.n % 8 in (1, 7)

    def hand_ins(self, rounds: int) -> int:
        """How often the student handed in after so many rounds."""
        return sum(map(bool, self.kinds[:rounds]))

    def points(self, rounds: int) -> float | None:
        """The points that are due after so many rounds; None before the first hand-in."""
        kind = next((kind for kind in reversed(self.kinds[:rounds]) if kind), None)
        first = min(self.course.released)
        all_points = sum(each.points for each in self.course.automatic.values() if each.notebook == first)
        wrong: Exercise = self.course.automatic[MISTAKE[0]]
        due = {"solved": all_points, "wrong": all_points - wrong.points, "untouched": 0, "nothing": 0, None: None}
        return due[kind]

    def file(self, round: int) -> tuple[str, bytes] | None:
        """Return (name, content) of what is handed in in a round; None if nothing is."""
        kind = self.kinds[round - 1]
        if not kind:
            return None
        if kind == "nothing":
            return "essay.pdf", b"%PDF"
        made = {
            "solved": lambda: demo.solved(self.course),
            "wrong": lambda: demo.solved(self.course, MISTAKE),
            "untouched": lambda: demo.untouched(self.course),
        }
        notebooks = {name: nbformat.writes(notebook).encode() for name, notebook in made[kind]().items()}
        name, content = next(iter(notebooks.items()))
        return ("work.zip", zipped((name, content, START) for name in [name])) if self.n % 3 == 0 else (name, content)

    def time(self, round: int) -> datetime:
        """When the student hands in in a round."""
        return START + (round - 1) * 7 * DAY + timedelta(minutes=37 * self.n)


def students(course: Course, count: int = 40) -> list[Student]:
    """Return the students of a class."""
    return [Student(n, course) for n in range(count)]


def zipped(files: Iterable[tuple[str, bytes, datetime]]) -> bytes:
    """Return a zip of files: (name, content, time)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, when in files:
            archive.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), content)
    return file.getvalue()


def newest(student: Student, rounds: int) -> list[tuple[str, bytes, datetime]]:
    """Return the file that a platform holds of a student after so many rounds, with its time; or nothing."""
    found = [(student.file(round), student.time(round)) for round in range(1, rounds + 1)]
    return [(*file, when) for file, when in found if file][-1:]


def moodle_download(students: list[Student], rounds: int) -> bytes:
    """Return Moodle's "Download all submissions"."""
    return zipped(
        (f"{each.name.replace(chr(39), '')}_{each.id}_assignsubmission_file/{name}", content, when)
        for each in students
        for name, content, when in newest(each, rounds)
    )


def canvas_download(students: list[Student], rounds: int) -> bytes:
    """Return Canvas's "Download Submissions"."""
    return zipped(
        (f"student{each.n}_{'LATE_' if each.is_late(rounds) else ''}{each.id}_{each.id}0{rounds}_{name}", content, when)
        for each in students
        for name, content, when in newest(each, rounds)
    )


def worksheet(path: Path, students: list[Student], rounds: int, most: float) -> Path:
    """Write Moodle's grading worksheet as a German Moodle and a spreadsheet leave it."""
    with path.open("w", encoding="utf-16", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow([*GERMAN[:6], "Zuletzt geändert (Bewertung)", GERMAN.feedback])
        for each in students:
            late = " - 3 Stunden 2 Minuten später" if each.is_late(rounds) else ""
            who = [f"Teilnehmer/in{each.id}", each.name, each.email]
            rows.writerow([*who, f"Zur Bewertung abgegeben{late}", "", f"{most:.2f}".replace(".", ","), "-", ""])
    return path


def gradebook(path: Path, students: list[Student], most: float) -> Path:
    """Write Canvas's gradebook."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Student", "ID", "SIS Login ID", "Section", "Session 2 (7)"])
        rows.writerow(["    Points Possible", "", "", "", f"{most:.2f}"])
        rows.writerows([each.name, each.id, each.email, "A", ""] for each in students)
    return path


def main() -> None:
    """Write all files of a class of 40."""
    folder, course = Path(sys.argv[1]), Course()
    folder.mkdir(parents=True)
    most, made = sum(exercise.points for exercise in course.exercises.values()), students(course)
    for rounds in (1, 2):
        (folder / f"moodle-{rounds}.zip").write_bytes(moodle_download(made, rounds))
        (folder / f"canvas-{rounds}.zip").write_bytes(canvas_download(made, rounds))
        worksheet(folder / f"moodle-{rounds}.csv", made, rounds, most)
    gradebook(folder / "canvas.csv", made, most)


if __name__ == "__main__":
    main()
