"""Everybody's marks as they stand in nbgrader's gradebook: what the grader gave, and what a person did."""

import html
from typing import NamedTuple

from nbgrader.api import Grade, SubmittedAssignment

from grading.course import ASSIGNMENT, Course
from grading.publishing.database import GradebookError, address, is_missing, opened
from grading.publishing.feedback import told
from grading.publishing.gradebook import said_of
from grading.publishing.mistakes import PREFIX
from grading.running.results import Results
from grading.texts import cut, readable, short_number

LONGEST_MESSAGE = 600  # so that a comment on all exercises fits into a cell of a spreadsheet


class Exercise(NamedTuple):
    """What a student has for one exercise."""

    title: str
    points: float
    max_points: float
    comment: str  # of a person
    message: str  # of the grader, where the points are its own and not all; may be empty
    waits: bool  # a person has still to mark it
    again: bool  # a person marked it, and its answer or verdict has changed since


class Marks(NamedTuple):
    """What a student has for all exercises."""

    student: str
    exercises: list[Exercise]
    penalty: float  # points that nbgrader takes off for handing in late

    @property
    def points(self) -> float:
        """All points; not below 0."""
        return max(0.0, sum(exercise.points for exercise in self.exercises) - self.penalty)

    @property
    def max_points(self) -> float:
        """The points that can be had."""
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def waits(self) -> list[str]:
        """The titles of exercises that a person has still to mark."""
        return [exercise.title for exercise in self.exercises if exercise.waits]

    @property
    def again(self) -> list[str]:
        """The titles of exercises that a person should look at again."""
        return [exercise.title for exercise in self.exercises if exercise.again]

    def feedback(self) -> str:
        """Return the points, and what was said of what is not full or was commented, as HTML with line breaks alone."""
        so_far = " so far" if self.waits else ""
        lines = [f"{short_number(self.points)} of {short_number(self.max_points)} points{so_far}."]
        lines += [f"{short_number(self.penalty)} points were taken off for handing in late."] if self.penalty else []
        for exercise in self.exercises:
            if exercise.points < exercise.max_points or exercise.comment:
                points = f"{short_number(exercise.points)} of {short_number(exercise.max_points)}"
                said = "not marked yet" if exercise.waits else points
                lines += [f"{exercise.title}: {said}", *exercise.message.splitlines()]
                lines += readable(exercise.comment).splitlines()
        return "<br>".join(html.escape(line, quote=False) for line in lines)


def read_marks(course: Course) -> dict[str, Marks]:
    """Return {student: Marks} of all students in the gradebook of a course; raises GradebookError."""
    db = address(course.root)
    if is_missing(db):
        raise GradebookError(f"{db.database} is not there: grade first, with python -m grading.")
    with opened(db) as gradebook:
        submissions = gradebook.assignment_submissions(ASSIGNMENT)
        found = [marks_of(course, submission) for submission in submissions]
    return {marks.student: marks for marks in sorted(found)}


def marks_of(course: Course, submission: SubmittedAssignment) -> Marks:
    """Return the Marks of a submission in the gradebook."""
    grades = {grade.name.removeprefix("check-"): grade for each in submission.notebooks for grade in each.grades}
    comments = {comment.name: comment.manual_comment for each in submission.notebooks for comment in each.comments}
    if missing := course.exercises.keys() - grades.keys():
        names = ", ".join(sorted(missing))
        raise GradebookError(f"{submission.student_id} has no grade for {names} in the gradebook: grade again.")
    said_by_us = messages(course, submission.student_id, grades)
    exercises = []
    for id, exercise in course.exercises.items():
        said = said_of(grades[id], comments.get(id) or "", id in course.automatic)
        again = bool(grades[id].needs_manual_grade) and not said.waits
        name, message = exercise.heading, "" if said.marked else said_by_us.get(id, "")
        exercises.append(Exercise(name, grades[id].score, exercise.points, said.comment, message, said.waits, again))
    return Marks(submission.student_id, exercises, submission.late_submission_penalty or 0.0)


def messages(course: Course, student: str, grades: dict[str, Grade]) -> dict[str, str]:
    """Return {exercise: what the student is told} of what is not right, as far as the gradebook holds these marks."""
    kept = Results(course).load(student)
    return {
        mark.exercise: cut(PREFIX.sub("", told(mark), count=1), LONGEST_MESSAGE)
        for mark in (kept.marks if kept else ())
        if mark.verdict != "ok" and mark.exercise in grades and grades[mark.exercise].auto_score == mark.points
    }
