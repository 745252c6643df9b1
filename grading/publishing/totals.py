"""Everybody's total, as `nbgrader export` writes it: quoted as CSV is, and with no name that a spreadsheet calculates.

nbgrader's own exporter writes names as they are.
"""

import csv
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

from grading.tables import no_formula

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip


class Totals(ExportPlugin):
    """The exporter that nbgrader_config.py names; the columns are those of nbgrader's own."""

    def export(self, gradebook: Gradebook) -> None:
        """Write a row for each assignment and student that is asked for, or for all."""
        with Path(self.to or "gradebook.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                for student in sorted(gradebook.students, key=by_name):
                    if self._is_wanted(assignment, student):
                        rows.writerow(no_formula(str(cell)) for cell in row(gradebook, assignment, student))

    def _is_wanted(self, assignment: Assignment, student: Student) -> bool:
        wanted = not self.assignment or assignment.name in map(str, self.assignment)
        return wanted and (not self.student or student.id in map(str, self.student))


def by_name(student: Student) -> tuple[str, str, str]:
    """Return what students are sorted by: databases differ in where they put one without a name."""
    return student.last_name or "", student.first_name or "", student.id


def row(gradebook: Gradebook, assignment: Assignment, student: Student) -> list[object]:
    """Return a student's cells; one who handed in nothing has 0 points."""
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        when, points, penalty = None, 0.0, 0.0
    else:
        when, points, penalty = submission.timestamp, submission.score, submission.late_submission_penalty or 0.0
    person = student.id, student.last_name, student.first_name, student.email
    cells = [assignment.name, assignment.duedate, when, *person, points, penalty, max(0.0, points - penalty)]
    return ["" if cell is None else cell for cell in [*cells, assignment.max_score]]
