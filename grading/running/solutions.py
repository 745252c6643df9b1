"""The instructor's own slips: before anyone is marked, the course is looked through and its solutions are marked."""

from math import isclose
from typing import Any

from nbformat.notebooknode import NotebookNode

from authoring.notebooks import ROOT
from authoring.registry import Exercise
from grading.course import ASSIGNMENT, Course
from grading.handed_in.archives import Source
from grading.handed_in.submissions import Submission, content_of
from grading.running.pool import Marking
from grading.running.results import Results
from grading.texts import one_line

AT_THEIR_MERCY = (
    "is checked by the code of its check cell, in the student's own process: who wants to can make it pass."
)
NAME = "\0solutions"  # no student's, since no folder can be called so


class CourseError(Exception):
    """The course cannot be graded as it is; the text is one sentence that says why, and what to do."""


def look_through(course: Course) -> None:
    """Refuse a course whose release is not that of its solutions, or whose checks of ours are not there.

    Exercises that are not checked by ours are named, since their marks can be forged.
    """
    for name, solution in course.solutions.items():
        if name not in course.released:
            raise CourseError(f"{name} is in solutions/ and not in notebooks/: type make release.")
        theirs, ours = cells_of(course.released[name]), cells_of(solution)
        if theirs != ours:
            where = next(id for id in {**ours, **theirs} if ours.get(id) != theirs.get(id))
            said = f"notebooks/{ASSIGNMENT}/{name}.ipynb is not the release of its solution"
            raise CourseError(f"{said}: the cell {where} differs in kind, place or points. Type make release.")
    if more := course.released.keys() - course.solutions.keys():
        raise CourseError(f"{sorted(more)[0]} is in notebooks/ and not in solutions/: type make release.")
    for id, exercise in course.automatic.items():
        if exercise.plain:
            print(f"Exercise {exercise.number} ({id}) {AT_THEIR_MERCY}")
        if why := refused_parts(exercise):
            raise CourseError(f"Exercise {exercise.number} ({id}): {why}")
        for file in [] if exercise.plain else ["check.py", "hidden.py"]:
            if not (ROOT / "exercises" / id / file).exists():
                said = (
                    f"Exercise {exercise.number} ({id}) is marked automatically, and exercises/{id}/{file} is missing"
                )
                raise CourseError(f"{said}: write it, or let a person mark the exercise (docs/authors.md).")


def refused_parts(exercise: Exercise) -> str:
    """Return what is wrong with the points that a check cell declares for parts of its exercise, or ""."""
    if not exercise.parts:
        written = "# points" in exercise.check and not exercise.plain
        return "its check cell speaks of points otherwise than `# points: constructor 1, forward 1`." if written else ""
    from exercises import checks  # noqa: F401 - each check enters itself; here, since torch takes seconds
    from exercises.kit.expect import PARTS

    known = PARTS.get(exercise.id, {}).keys()
    rest = exercise.parts.keys() - known
    if not isclose(sum(exercise.parts.values()), exercise.points):
        return f"the points of its parts are not {exercise.points:g} together: mend the comment in its check cell."
    if len(rest) > 1:
        knows = ", ".join(sorted(known)) or "none"
        return f"of the parts {', '.join(sorted(rest))} one may be the rest, and its check tells apart {knows} alone."
    return ""


def cells_of(notebook: NotebookNode) -> dict[str, tuple[int, str, Any]]:
    """Return what must be the same in a solution and its release: {id: (position, kind, points)}."""
    return {
        cell.id: (position, cell.cell_type, cell.metadata.get("nbgrader", {}).get("points"))
        for position, cell in enumerate(notebook.cells)
    }


def prove(results: Results, marked: Marking) -> None:
    """Mark the solutions as a student's hand-in, unless that was done; refuse to go on if they do not earn all."""
    course = results.course
    files = {name: Source(course.root, ("solutions", ASSIGNMENT, f"{name}.ipynb")) for name in course.solutions}
    own = Submission(NAME, files, [], {}, {})
    own = own._replace(digests={name: content_of(own, name).digest for name in files})
    if not results.is_current(own, results.load(NAME)):
        for _, why in marked([own], False):
            if why:
                raise CourseError(f"The solutions could not be marked, so nobody was: {why}")
    found = results.load(NAME)
    assert found  # it was kept just now, or looked at before
    for mark in found.marks:
        if mark.verdict != "ok":
            number, said = course.exercises[mark.exercise].number, one_line(mark.message, 300)
            told = f"The solution of exercise {number} ({mark.exercise}) is itself marked {mark.verdict!r}: {said}"
            raise CourseError(f"{told} Nobody was marked. Mend it in solutions/, or exercises/{mark.exercise}/.")
