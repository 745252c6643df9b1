"""Verdicts put where nbgrader reads them: the folder autograded/ and the gradebook.

Formgrader, `nbgrader generate_feedback` and `nbgrader export` then work as after `nbgrader autograde`.
"""

import copy
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Grade, Gradebook, GradeCell, MissingEntry, SolutionCell, SourceCell, TaskCell
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveAutoGrades, SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import select
from sqlalchemy.engine import URL
from traitlets.config import Config

from grading.course import ASSIGNMENT, Course
from grading.files import replacing, student_folder
from grading.handed_in.secret import SECRET, secret_in
from grading.publishing.cleaning import clean
from grading.publishing.database import GradebookError, address, is_missing, opened, settings, transaction
from grading.students import Known, first_and_last
from grading.texts import readable
from grading.verdicts import Mark

OUR_FAULT = "This exercise could not be marked. The fault is ours, not yours: a person will look at your answer."
NOT_HANDED_IN = "**This notebook was not handed in.** Here is the page as it was given out."
NOT_READ = "**This notebook could not be marked.** {why}\n\nHere is the page as it was given out."


class ByHand(NamedTuple):
    """What a person said of an exercise in formgrader."""

    points: float | None  # None: nothing yet
    comment: str  # empty if there is none
    waits: bool  # a person has still to mark it
    marked: bool = False  # a person gave points; those of an empty answer to the open question are nbgrader's


def record(
    root: Path,
    course: Course,
    student: str,
    notebooks: dict[str, NotebookNode],
    marks: list[Mark],
    db: URL | None = None,
    submitted: str | Path | None = None,
    person: Known | None = None,
) -> None:
    """Write what `student` handed in and the `marks` for it into autograded/ and the gradebook below `root`.

    notebooks: {name: notebook}, rebuilt for nbgrader; of one that is missing, the released page is shown. marks: one
    for each automatic exercise. db: where the gradebook is (None: where nbgrader's configuration says). submitted: the
    folder that was handed in, for its timestamp.txt and its secret (None: submitted/<student>/recommenders2 in `root`).
    person: who the student is, as collected (None: nobody knows).
    All of a student's grades are written or none. Points and comments that a person gave stay, also those given
    meanwhile; a person is asked to look again only where answer or verdict changed. Raises GradebookError.
    """
    verdicts = {mark.exercise: mark for mark in marks}
    if absent := course.automatic.keys() - verdicts.keys():
        raise ValueError(f"{student} has no mark for {', '.join(sorted(absent))}.")
    folder = student_folder(root, "autograded", student, ASSIGNMENT)
    submitted = Path(submitted or student_folder(root, "submitted", student, ASSIGNMENT))
    pages = {name: page(course, name, notebooks.get(name), verdicts) for name in course.released}
    answers = {name: read_answers(folder / f"{name}.ipynb") for name in pages}
    with ExitStack() as files, transaction(db or address(root)) as gradebook:
        know_assignment(gradebook, course)
        know_student(gradebook, student, person)
        gradebook.update_or_create_submission(ASSIGNMENT, student, **timestamp(submitted))
        keep_others_out(gradebook, student)
        for name, notebook in pages.items():
            SaveVerdicts(gradebook, student, name, answers[name]).preprocess(notebook, {})
        take_off_for_lateness(gradebook, root, student)
        for name, notebook in pages.items():  # they take their place after the gradebook is written: if this process
            text = nbformat.writes(notebook) + "\n"  # ends between, the next one still sees which answers have changed
            files.enter_context(replacing(folder / f"{name}.ipynb", text, mode=0o444))
        if secret := secret_in(submitted):  # of what was marked: a later one may be collected meanwhile
            files.enter_context(replacing(folder / SECRET, secret))
        else:
            (folder / SECRET).unlink(missing_ok=True)


def page(course: Course, name: str, notebook: NotebookNode | None, verdicts: dict[str, Mark]) -> NotebookNode:
    """Return the notebook `name` as formgrader and feedback show it: cleaned, and with our verdicts as outputs."""
    released = course.released[name]
    if notebook is None:
        result = placeholder(released, [mark for mark in verdicts.values() if mark.notebook == name])
    else:
        result = clean(notebook, released)
    there = {cell.id for cell in result.cells}
    result.cells += [copy.deepcopy(cell) for cell in released.cells if graded(cell) and cell.id not in there]
    for cell in result.cells:
        if graded(cell) and (mark := verdicts.get(cell.id.removeprefix("check-"))):
            cell.outputs, cell.execution_count = outputs(mark), None
            cell.metadata["marking"] = {"verdict": mark.verdict, "message": mark.message, "points": mark.points}
    return result


def placeholder(released: NotebookNode, marks: list[Mark]) -> NotebookNode:
    """Return the released notebook in place of one that is missing or unreadable, and say so at its top."""
    result = copy.deepcopy(released)
    missing = all(mark.verdict == "missing" for mark in marks)
    why = " ".join(sorted({readable(mark.message, 500) for mark in marks if mark.verdict != "missing"}))
    text = NOT_HANDED_IN if missing else NOT_READ.format(why=as_code(why))
    result.metadata["marking"] = {"handed_in": not missing, "read": False}
    result.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="not-handed-in"))
    return result


def as_code(text: str) -> str:
    """Return a text as Markdown that is shown as it stands."""
    return f"`{' '.join(text.replace('`', ' ').split())}`" if text.strip() else ""


def graded(cell: NotebookNode) -> bool:
    """Return whether points are given at a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def outputs(mark: Mark) -> list[NotebookNode]:
    """Return the outputs of a check cell from which nbgrader reads the points, and a person the message."""
    message = readable(mark.message).rstrip() or mark.verdict
    if mark.verdict == "grader_error":
        return [nbformat.v4.new_output("stream", name="stdout", text=f"{OUR_FAULT}\n{message}\n")]
    said = nbformat.v4.new_output("stream", name="stdout", text=f"{message}\n")
    if mark.verdict == "ok":
        return [said]
    if mark.points:  # nbgrader takes a number that a cell returns for the points, but not beside an error
        return [
            said,
            nbformat.v4.new_output("execute_result", {"text/plain": f"{mark.points:g}"}, execution_count=None),
        ]
    lines = message.split("\n")
    return [nbformat.v4.new_output("error", ename=mark.verdict, evalue=lines[0], traceback=lines)]


def read_answers(path: Path) -> dict[str, str]:
    """Return {id: source} of the cells that students may edit in a notebook recorded before, if there is one."""
    if not path.exists():
        return {}
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")}


def timestamp(submitted: Path) -> dict[str, datetime]:
    """Return {"timestamp": when the folder was handed in}, or {} if no timestamp.txt says so."""
    path = submitted / "timestamp.txt"
    if path.is_symlink() or not path.is_file():
        return {}
    with path.open("rb") as file:
        text = file.read(100).decode("utf-8", "replace").strip()
    try:
        return {"timestamp": parse_utc(text)}
    except (ValueError, OverflowError):
        return {}


def take_off_for_lateness(gradebook: Gradebook, root: Path, student: str) -> None:
    """Let nbgrader's plugin for late submissions, as nbgrader_config.py names it, take points off each notebook."""
    submission = gradebook.find_submission(ASSIGNMENT, student)
    late = submission.total_seconds_late
    rule = AssignLatePenalties(config=settings(root) if late > 0 else Config())
    rule.init_plugin()
    for notebook in submission.notebooks:
        penalty = rule.plugin_inst.late_submission_penalty(student, notebook.score, late) if late > 0 else None
        notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0.0), notebook.score)
    gradebook.db.flush()


def keep_others_out(gradebook: Gradebook, student: str) -> None:
    """Let whoever marks `student` in formgrader meanwhile wait for our end; on SQLite, they wait in any case."""
    notebooks = [notebook.id for notebook in gradebook.find_submission(ASSIGNMENT, student).notebooks]
    gradebook.db.execute(select(Grade.id).where(Grade.notebook_id.in_(notebooks)).with_for_update())


def know_assignment(gradebook: Gradebook, course: Course) -> None:
    """Let the gradebook know the assignment as released, if it does not: so does `nbgrader generate_assignment`."""
    gradebook.update_or_create_assignment(ASSIGNMENT)
    for name, released in course.released.items():
        if known_cells(gradebook, name) != graded_cells(released):
            try:
                SaveRelease(gradebook, name).preprocess(released, {})
            except RuntimeError:
                raise GradebookError(
                    f"The gradebook holds submissions of another version of {name}: start with a new gradebook.db."
                ) from None


def know_student(gradebook: Gradebook, student: str, person: Known | None) -> None:
    """Let the gradebook know a student by name and e-mail address, as collected; without names, formgrader says "None".

    Of a student who was not collected from a platform, the name is that of the folder, unless somebody entered another.
    """
    entry = gradebook.update_or_create_student(student)
    if person and person.platform != "folder":
        entry.first_name, entry.last_name = first_and_last(readable(person.name, 200))
        entry.email = person.email or entry.email
    elif entry.first_name is entry.last_name is None:
        entry.first_name, entry.last_name = first_and_last(student)


def known_cells(gradebook: Gradebook, name: str) -> dict[str, tuple[float, str | None]] | None:
    """Return {id: (points, checksum)} of the graded cells that the gradebook knows, or None."""
    try:
        notebook = gradebook.find_notebook(name, ASSIGNMENT)
    except MissingEntry:
        return None
    checksums = {cell.name: cell.checksum for cell in notebook.source_cells}
    return {cell.name: (cell.max_score, checksums.get(cell.name)) for cell in notebook.grade_cells}


def graded_cells(released: NotebookNode) -> dict[str, tuple[float, str]]:
    """Return {id: (points, checksum)} of the graded cells of a released notebook."""
    cells = [cell.metadata.nbgrader for cell in released.cells if graded(cell)]
    return {cell.grade_id: (float(cell.points), cell.checksum) for cell in cells}


class SaveRelease(SaveCells):
    """nbgrader's way of telling the gradebook what a notebook holds, within our transaction."""

    def __init__(self, gradebook: Gradebook, name: str) -> None:
        super().__init__()
        self.gradebook, self.notebook_id, self.assignment_id = gradebook, name, ASSIGNMENT
        self.new_grade_cells: dict[str, GradeCell] = {}
        self.new_solution_cells: dict[str, SolutionCell] = {}
        self.new_task_cells: dict[str, TaskCell] = {}
        self.new_source_cells: dict[str, SourceCell] = {}

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the cells of a released notebook, as SaveCells does with a gradebook of its own."""
        NbGraderPreprocessor.preprocess(self, copy.deepcopy(nb), resources)
        self._create_notebook(nb)
        return nb, resources


class SaveVerdicts(SaveAutoGrades):
    """nbgrader's way of saving grades, within our transaction, and with two thoughts for people.

    Where the grader failed, or could not read the notebook, the points stay empty until a person gives some. And
    points that a person gave need no second look as long as neither answer nor verdict changed.
    """

    def __init__(self, gradebook: Gradebook, student: str, name: str, answers: dict[str, str]) -> None:
        super().__init__()
        self.gradebook, self.student_id, self.notebook_id, self.assignment_id = gradebook, student, name, ASSIGNMENT
        self.answers = answers  # as recorded before

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the grades of a notebook, as SaveAutoGrades does with a gradebook of its own."""
        self.now = {cell.id: cell.source for cell in nb.cells}
        self.unread = nb.metadata.get("marking", {}).get("handed_in", False)
        return NbGraderPreprocessor.preprocess(self, nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        grade = self.gradebook.find_grade(cell.id, self.notebook_id, self.assignment_id, self.student_id)
        before, waited = grade.auto_score, grade.needs_manual_grade
        super()._add_score(cell, resources)
        by_hand = "marking" not in cell.metadata
        if self.unread if by_hand else cell.metadata.marking.verdict == "grader_error":
            grade.auto_score, grade.needs_manual_grade = None, True
        answer = cell.id.removeprefix("check-")
        same = self.answers.get(answer) == self.now.get(answer) and grade.auto_score == before
        if grade.manual_score is not None and same:
            grade.needs_manual_grade = waited
        self.gradebook.db.flush()


def by_hand(root: Path, course: Course, student: str, db: URL | None = None) -> dict[str, ByHand]:
    """Return {exercise: ByHand}: what a person said of `student`'s exercises, and the open question in any case."""
    db = db or address(root)
    if is_missing(db):
        return {}
    try:
        with opened(db) as gradebook:
            notebooks = gradebook.find_submission(ASSIGNMENT, student).notebooks
            grades = {grade.name.removeprefix("check-"): grade for each in notebooks for grade in each.grades}
            comments = {comment.name: comment.manual_comment or "" for each in notebooks for comment in each.comments}
            said = {id: said_of(grade, comments.get(id, ""), id in course.automatic) for id, grade in grades.items()}
    except MissingEntry:
        return {}
    return {id: each for id, each in said.items() if each != ByHand(None, "", False) or id not in course.automatic}


def said_of(grade: Grade, comment: str, automatic: bool) -> ByHand:
    """Return what a person said of one exercise; a question left empty has its 0 points without a person."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    if grade.extra_credit:
        points = (points or 0) + grade.extra_credit
    elif automatic and grade.manual_score is None:
        points = None
    marked = grade.manual_score is not None or bool(grade.extra_credit)
    return ByHand(points, comment, grade.needs_manual_grade and grade.manual_score is None, marked)


def recorded(root: Path, course: Course, student: str) -> tuple[dict[str, NotebookNode], list[Mark]]:
    """Return (notebooks, marks) as `record` left them in autograded/; ({}, []) if it did not mark this student."""
    folder = student_folder(root, "autograded", student, ASSIGNMENT)
    notebooks, marks = {}, []
    for name in course.released:
        path = folder / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4) if path.exists() else nbformat.v4.new_notebook()
        for cell in notebook.cells:
            if "marking" in cell.metadata:
                exercise, said = course.automatic[cell.id.removeprefix("check-")], cell.metadata.marking
                marks.append(Mark(student, name, exercise.id, said.points, exercise.points, said.verdict, said.message))
        if notebook.metadata.get("marking", {}).get("read", True) and notebook.cells:
            notebooks[name] = notebook
    return notebooks, marks if {mark.exercise for mark in marks} == course.automatic.keys() else []
