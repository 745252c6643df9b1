"""One page per student: what is right, what is not yet and why, with the student's own answers and pictures.

The page stands by itself: it runs no script and loads nothing, on a phone, on paper, or as an e-mail attachment.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup
from nbformat.notebooknode import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from authoring.registry import Exercise
from grading.course import ASSIGNMENT, Course
from grading.files import replace, student_folder
from grading.handed_in.outputs import Room, clean_png
from grading.publishing.gradebook import OUR_FAULT, ByHand, by_hand, recorded
from grading.publishing.pages import POLICY, WORDS, Words, answer_source, template
from grading.running.results import Results
from grading.texts import one_line, readable
from grading.verdicts import Mark

PAGE = "feedback.html"
NEEDS_NEWER = re.compile("This code needs Python 3")  # which students are told as it is
LONGEST_NOTE = 400
PICTURES_OF_AN_EXERCISE = 3
PICTURES_OF_A_PAGE = 4_000_000  # base64 characters, together

MARKED_BY_HAND = ("✓", "marked by a person", "right")
WAITS = ("…", "waits for a person", "waits")
NO_ANSWER = ("○", "no answer", "open")


class Entry(NamedTuple):
    """An exercise as the page shows it."""

    id: str
    title: str
    verdict: Words
    points: float | None
    max_points: float
    message: str
    comment: str  # of a person
    by_hand: bool
    answer: Markup | None  # None: there is none to show
    pictures: list[str]  # base64 texts of PNG files


def write_feedback(
    root: Path,
    course: Course,
    student: str,
    notebooks: dict[str, NotebookNode],
    marks: list[Mark],
    manual: dict[str, ByHand] | None = None,
    notes: Sequence[str] = (),
) -> Path:
    """Write the page of `student` below `root`; return its path, feedback/<student>/recommenders2/feedback.html.

    notebooks: {name: notebook}, what the student handed in, matched with ours. manual: {exercise: ByHand}, what a
    person said. notes: sentences on the student's files. A copy lies in autograded/, from where `nbgrader
    generate_feedback` takes what is no notebook.
    """
    html = feedback_page(course, student, notebooks, marks, manual or {}, notes)
    replace(student_folder(root, "autograded", student, ASSIGNMENT) / PAGE, html)
    return replace(student_folder(root, "feedback", student, ASSIGNMENT) / PAGE, html)


def renew(assignment: str, student: str, notebooks: list[str]) -> None:
    """Write a student's page anew from what is recorded; nbgrader calls this after it made its own pages.

    notebooks: the paths root/autograded/<student>/recommenders2/<name>.ipynb of one student.
    """
    folder = Path(notebooks[0]).resolve().parent
    root, student = folder.parents[2], folder.parent.name
    course = Course(root)
    found, marks = recorded(root, course, student)
    if marks:
        kept = Results(course).load(student)
        notes = kept.submission_notes if kept else []
        write_feedback(root, course, student, found, marks, by_hand(root, course, student), notes)


def feedback_page(
    course: Course,
    student: str,
    notebooks: dict[str, NotebookNode],
    marks: list[Mark],
    manual: dict[str, ByHand],
    notes: Sequence[str] = (),
) -> str:
    """Return the page of `student` as HTML."""
    by_exercise = {mark.exercise: mark for mark in marks}
    room, chapters = Room(PICTURES_OF_A_PAGE), []
    for name, released in course.released.items():
        notebook = notebooks.get(name)
        pictures = drawn(notebook, course, room) if notebook else {}
        exercises = [exercise for exercise in course.exercises.values() if exercise.notebook == name]
        entries = [entry(exercise, exercise.heading, by_exercise, manual, notebook, pictures) for exercise in exercises]
        chapters.append({"title": chapter_title(released), "handed_in": notebook is not None, "entries": entries})
    said = [one_line(note, LONGEST_NOTE) for note in notes]
    return template(PAGE).render(
        student=readable(student, 200), chapters=chapters, notes=said, policy=POLICY, **sums(chapters)
    )


def sums(chapters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the numbers at the top of the page."""
    entries = [entry for chapter in chapters for entry in chapter["entries"]]
    decided = [entry for entry in entries if entry.points is not None]
    automatic = [entry for entry in entries if not entry.by_hand]
    return {
        "points": sum(entry.points for entry in decided),
        "max_points": sum(entry.max_points for entry in entries),
        "automatic": sum(entry.points or 0 for entry in automatic),
        "max_automatic": sum(entry.max_points for entry in automatic),
        "waiting": sum(entry.max_points for entry in entries if entry.points is None),
        "right": sum(entry.verdict[2] == "right" for entry in automatic),
        "of": len(automatic),
        "open_questions": [entry for entry in entries if entry.by_hand],
    }


def entry(
    exercise: Exercise,
    title: str,
    marks: dict[str, Mark],
    manual: dict[str, ByHand],
    notebook: NotebookNode | None,
    pictures: dict[str, list[str]],
) -> Entry:
    """Return what the page shows of an exercise."""
    person, answer = manual.get(exercise.id), answer_source(exercise, notebook)
    points, comment = (person.points, readable(person.comment)) if person else (None, "")
    if exercise.by_hand:
        verdict, points, message = open_question(exercise, person, answer)
    else:
        mark = marks[exercise.id]
        verdict, message = WORDS[mark.verdict], told(mark)
        if points is None:
            points = mark.points
        elif mark.points is None:
            verdict, message = MARKED_BY_HAND, ""
    shown = None if answer is None or answer == exercise.stub else shown_answer(exercise, answer)
    return Entry(
        exercise.id, title, verdict, points, exercise.points, message, comment, exercise.by_hand, shown,
        pictures.get(exercise.id, []),
    )  # fmt: skip


def told(mark: Mark) -> str:
    """Return what the student is told of a mark; how the grader itself failed is not theirs to mend."""
    message = readable(mark.message).rstrip()
    return OUR_FAULT if mark.verdict == "grader_error" and not NEEDS_NEWER.match(message) else message


def open_question(exercise: Exercise, person: ByHand | None, answer: str | None) -> tuple[Words, float | None, str]:
    """Return (verdict, points, message) of the question that a person marks."""
    if person and person.marked:
        return MARKED_BY_HAND, person.points, ""
    if answer == exercise.stub:
        return NO_ANSWER, 0, "The line that asks for your answer is still there."
    if answer is None and not (person and person.waits):
        return NO_ANSWER, 0, "Its notebook, or its cell, was not handed in."
    return WAITS, None, "A person reads this answer and gives its points."


def shown_answer(exercise: Exercise, answer: str) -> Markup:
    """Return an answer as HTML: code with its colours, or text."""
    if exercise.by_hand:
        return Markup('<div class="text">{}</div>').format(answer)
    code = highlight(answer, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))  # it escapes what is code
    return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(Markup(code))


def drawn(notebook: NotebookNode, course: Course, room: Room) -> dict[str, list[str]]:
    """Return {exercise: PNG pictures, as base64 text} that the notebook drew after that exercise."""
    pictures: dict[str, list[str]] = {}
    last = ""
    for cell in notebook.cells:
        last = cell.id if cell.id in course.exercises else last
        for output in cell.get("outputs", []) if last else []:
            found = pictures.setdefault(last, [])
            data = output.get("data", {}).get("image/png")
            if data and len(found) < PICTURES_OF_AN_EXERCISE and (png := clean_png(data, room)):
                found.append(png)
    return pictures


def chapter_title(released: NotebookNode) -> str:
    """Return a notebook's own heading, without the name of the session."""
    return released.cells[0].source.split("\n")[0].lstrip("# ").split(" · ")[-1]
