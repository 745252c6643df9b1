"""A class of any size whose results are made up: nobody is marked, but the page about the class is the real one.

`python -m tools.made_up_class FOLDER STUDENTS` writes FOLDER/grades.html. Wrong answers are those of the bank, and
their messages say what the bank expects of the checks.
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zlib import crc32

import nbformat

from authoring.registry import EXERCISES
from grading.class_run import Graded
from grading.course import Course
from grading.demo import without_markers
from grading.handed_in.submissions import Submission
from grading.publishing.report import Summary, summary, write_report
from grading.running.results import Results
from grading.students import HandedIn, Known
from grading.verdicts import Marked, Part, Verdict, mark

FIRST = [
    "Ada",
    "Ben",
    "Chi",
    "Dora",
    "Emil",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kaya",
    "Lars",
    "Mei",
    "Noor",
    "Olga",
    "Pia",
    "Quin",
    "Rosa",
    "Sven",
    "Zoë",
]
LAST = "Lovelace O'Kri Ōe Sand Lei Noether Turing Hopper Gauss Erdős Bose Curie Ito Klein Mori Nash Peano Weil Yau Zhu"
START = datetime(2026, 11, 20, 18, tzinfo=UTC)
REMARKS = ("", "# I hope that this is right\n", "# see the formula above\n")  # so that answers differ
COMMON = 4  # mistakes in an exercise that students make


class MadeUp:
    """A class that is the same each time."""

    def __init__(self, folder: Path, students: int) -> None:
        self.course = Course()
        self.results = Results(Course(folder))
        self.results.course = self.course  # ours; what is kept lies in the folder
        self.wrong = {id: [self._mistake(id, path) for path in wrong_answers(id)] for id in self.course.automatic}
        self.names = [f"{first} {last}" for last, first in product(LAST.split(), FIRST)][:students]
        self.history = {name: self._hand_ins(n, name) for n, name in enumerate(self.names)}
        for n, name in enumerate(self.names):
            self.results.save(self._marked(n, name))

    def summary(self) -> Summary:
        """Return what the class did, from the files of its results."""
        submissions = [Submission(name, {}, [], {}, {}) for name in self.names]
        graded = Graded(self.results, submissions, {})
        known = {name: theirs[-1].known for name, theirs in self.history.items()}
        return summary(self.course, graded.marks, graded.notes, graded.reached, graded.answer, known, self.history)

    def _mistake(self, id: str, path: Path) -> tuple[str, Verdict]:
        first, answer = path.read_text(encoding="utf-8").split("\n", 1)
        sentence, *more = first.removeprefix("# feedback: ").split(" | ")
        message = "\n  ".join([f"✗ {self.course.automatic[id].heading.split(':')[0]}: {sentence}", *more])
        return answer.strip(), Verdict("error" if sentence.startswith("your code stopped") else "wrong", message)

    def _marked(self, n: int, student: str) -> Marked:
        draw = random.Random(n)
        ids, skill = list(self.course.automatic), draw.betavariate(6, 2)
        reached = min(len(ids), int(draw.gauss(20, 6)))
        verdicts, answers = {}, {}
        for place, id in enumerate(ids):
            exercise = self.course.automatic[id]
            if place >= reached:
                kind = "missing" if exercise.notebook != self.course.automatic[ids[reached]].notebook else "todo"
                verdicts[id], answers[id] = Verdict(kind, "○ still to do"), exercise.stub
            elif draw.random() < skill:
                verdicts[id], answers[id] = Verdict("ok", "✓"), without_markers(exercise.solution)
            else:
                answer, verdicts[id] = draw.choices(self.wrong[id], [8, 4, 2, 1])[0]
                answers[id] = draw.choice(REMARKS) + answer
                if draw.random() < 0.03:
                    verdicts[id] = Verdict("timeout", "✗ your code did not come to its end in time.")
        parts = {name: self._part(name, student, verdicts, answers) for name in self.course.released}
        return Marked(student, parts, {}, ["A file was renamed."] if draw.random() < 0.05 else [])

    def _part(self, name: str, student: str, verdicts: dict[str, Verdict], answers: dict[str, str]) -> Part:
        theirs = [exercise for exercise in self.course.automatic.values() if exercise.notebook == name]
        cells = [nbformat.v4.new_code_cell(answers[each.id], id=each.id) for each in theirs]
        marks = [mark(student, each, verdicts[each.id]) for each in theirs]
        return Part("", marks, nbformat.v4.new_notebook(cells=cells), [])

    def _hand_ins(self, n: int, student: str) -> list[HandedIn]:
        draw, found, when = random.Random(-n - 1), [], START
        times = draw.choices([1, 2, 3], [8, 2, 1])[0]
        for number in range(1, times + 1):
            when += timedelta(minutes=draw.randrange(60, 2400))
            late = "yes" if when > START + timedelta(days=3) else ""
            mail = f"{student.split()[0].lower()}{n}@x.org"
            row = Known(student, "moodle", str(n), student, mail, "", late, when.isoformat(), "0", str(number))
            found.append(HandedIn(number, "yes" if number == times else "", row))
        return found


def wrong_answers(id: str) -> list[Path]:
    """Return the files of some wrong answers of the bank: mostly the same ones, whatever the bank is added to."""
    return sorted((EXERCISES / id / "wrong").glob("*.py"), key=lambda path: crc32(path.stem.encode()))[:COMMON]


def main() -> None:
    """Write the page about a class."""
    folder, students = Path(sys.argv[1]), int(sys.argv[2])
    print(write_report(folder / "grades.html", MadeUp(folder, students).summary()))


if __name__ == "__main__":
    main()
