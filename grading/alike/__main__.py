"""Write a page of the answers that agree far beyond what the task dictates, side by side: `python -m grading.alike`.

It compares what was marked last, and changes no mark. It says how alike two answers are, and where: not who wrote them.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

from grading.alike.pairs import Agreement, Answers, Pair, alike
from grading.course import Course
from grading.files import replace
from grading.publishing.grades_csv import NoGrades, read_grades
from grading.publishing.pages import POLICY, template
from grading.running.results import Results
from grading.texts import readable

PAGE = "alike.html"
LONGEST_ANSWER = 20_000


class Line(NamedTuple):
    """A line of an answer, as the page shows it."""

    text: str
    agrees: bool


def main(arguments: list[str] | None = None) -> int:
    """Compare a class; return 0, 1 if somebody's answers are not kept any more, 2 if there is nothing to compare."""
    options = parse(arguments)
    course = Course(options.course.resolve())
    try:
        students = sorted({mark.student for mark in read_grades(options.grades)})
        answers, lost = kept_answers(Results(course), students)
        pairs = alike(answers, course.automatic)
        replace(options.out, page(pairs, answers, course))
    except (NoGrades, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(pairs)} pairs of {len(answers)} students agree far beyond what the task dictates: see {options.out}")
    for student in lost:
        print(f"The answers of {student} are not kept any more, and were left out: grade again.")
    return int(bool(lost))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m grading.alike", description=__doc__)
    parser.add_argument("--grades", type=Path, default=Path("grades.csv"), help="the file of marks (grades.csv)")
    parser.add_argument("--out", type=Path, default=Path(PAGE), help=f"the page to write ({PAGE})")
    parser.add_argument("--course", type=Path, default=Course().root, help="the folder of solutions and gradebook")
    return parser.parse_args(arguments)


def kept_answers(results: Results, students: list[str]) -> tuple[Answers, list[str]]:
    """Return the answers that were marked last, {student: {exercise: source}}, and whose are not kept any more."""
    answers, lost = {}, []
    for student in students:
        try:
            notebooks = results.load_notebooks(student).values()
        except (OSError, ValueError):
            lost.append(student)
        else:
            cells = [cell for notebook in notebooks for cell in notebook.cells]
            answers[student] = {cell.id: cell.source for cell in cells if cell.id in results.course.automatic}
    return answers, lost


def page(pairs: list[Pair], answers: Answers, course: Course) -> str:
    """Return the page as HTML: it runs no script, and loads nothing."""
    rows = [
        (pair, [(course.automatic[one.exercise].heading, one, sides(pair, one, answers)) for one in pair.agreements])
        for pair in pairs
    ]
    return template(PAGE).render(rows=rows, students=len(answers), policy=POLICY, readable=readable)


def sides(pair: Pair, agreement: Agreement, answers: Answers) -> list[list[Line]]:
    """Return both answers to an exercise, line by line."""
    return [
        [
            Line(readable(text), number in agreement.lines[side])
            for number, text in enumerate(answers[student][agreement.exercise][:LONGEST_ANSWER].split("\n"), start=1)
        ]
        for side, student in enumerate(pair.students)
    ]


if __name__ == "__main__":
    sys.exit(main())
