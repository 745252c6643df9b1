"""What the class did, for the instructor: from rows of marks, as some lines in the terminal and as a page.

Points and their distribution, each exercise with its most frequent mistakes, who needs a person, and what each student
has. Equal marks make the same page, byte for byte, in whatever order they come.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from types import MappingProxyType
from typing import NamedTuple

from markupsafe import Markup

from authoring.registry import Exercise
from grading.course import Course
from grading.files import replace
from grading.publishing import charts, class_table
from grading.publishing.class_table import SIGNS, Cell, Row, cell
from grading.publishing.mistakes import (
    LONGEST_MESSAGE,
    LONGEST_SENTENCE,
    NAMES,
    Answers,
    Examples,
    Mistake,
    gist,
    masked,
    shown,
)
from grading.publishing.pages import TEMPLATES, WORDS, allowing, template
from grading.students import HandedIn, Known
from grading.texts import cut, one_line, readable
from grading.verdicts import VERDICTS, Mark

PAGE, SCRIPT = "report.html", "sort.js"
COLUMNS = 98  # of a terminal
MISTAKES = 3  # of an exercise
SENTENCES = 5  # about a student
SHOWN_APART = ("ok", "wrong", "todo", "error")  # in the tables; the other verdicts are one number

STOPPED = ("timeout", "memory", "crashed")
MISTAKEN = ("wrong", "error", *STOPPED)
REASONS = {  # why a student needs a person: the most pressing first
    "failed": "the grader itself failed",
    "reached": "code that reaches out of its place",
    "unreadable": "a file cannot be read",
    "stopped": "code had to be stopped",
    "nothing": "nothing was handed in",
    "notes": "something to look at",
}


class Success(NamedTuple):
    """How the class did in an exercise."""

    id: str
    title: str  # such as "2.1: predict a rating"
    points: float
    counts: dict[str, int]  # of each verdict
    share: float | None  # right, of those that could be marked; None if none could
    mistakes: list[Mistake]  # the most frequent

    @property
    def others(self) -> int:
        """The number of verdicts that have no column of their own."""
        return sum(self.counts.values()) - sum(self.counts[verdict] for verdict in SHOWN_APART)


class Summary(NamedTuple):
    """What the class did."""

    students: int
    max_points: float  # of the exercises that are marked automatically
    totals: list[float]  # of points, in ascending order; whoever is not marked completely is left out
    exercises: list[Success]
    people: dict[str, dict[str, list[str]]]  # {key of REASONS: {student: sentences}}, those that need a person
    rows: list[Row]  # a student each, in the order of their names

    @property
    def distribution(self) -> list[int]:
        """The number of students with 0, 1, 2, ... points, a part of a point not counted."""
        counts = Counter(map(int, self.totals))
        return [counts[points] for points in range(int(self.max_points) + 1)]

    @property
    def who(self) -> list[str]:
        """The names of all who need a person."""
        return sorted({student for students in self.people.values() for student in students})


def summary(
    course: Course,
    marks: Iterable[Mark],
    notes: Mapping[str, list[str]],
    reached: Mapping[str, list[str]] = MappingProxyType({}),
    answers: Answers = lambda student, exercise: None,
    known: Mapping[str, Known] = MappingProxyType({}),
    history: Mapping[str, list[HandedIn]] = MappingProxyType({}),
) -> Summary:
    """Return the Summary of a class.

    marks: Marks, in any order; those on exercises that the course does not have are left out. They are read once, and
    forgotten as soon as they are counted.
    notes: {student: sentences for the instructor}. reached: the same, on what reaches out of its place. known, history:
    who was collected, and all that they handed in.
    """
    students: defaultdict[str, Standing] = defaultdict(Standing)
    exercises = {id: Tally() for id in course.automatic}
    for mark in marks:
        if mark.exercise in course.automatic:
            students[mark.student].add(mark)
            exercises[mark.exercise].add(mark)
    titles = {id: exercise.heading.removeprefix("Exercise ") for id, exercise in course.automatic.items()}
    return Summary(
        len(students),
        sum(exercise.points for exercise in course.automatic.values()),
        sorted(standing.points for standing in students.values() if standing.points is not None),
        [exercises[id].success(exercise, titles[id], answers) for id, exercise in course.automatic.items()],
        people(students, notes, reached, titles),
        class_table.rows(
            {student: (standing.points, standing.cells) for student, standing in students.items()},
            list(course.automatic),
            known,
            history,
        ),
    )


class Standing:
    """A student's points, and the marks that a person should look at."""

    def __init__(self) -> None:
        self.points: float | None = 0  # None if not all marks have some
        self.nothing = True
        self.pressing: list[Mark] = []
        self.cells: dict[str, Cell] = {}  # by exercise

    def add(self, mark: Mark) -> None:
        """Count a mark."""
        self.points = None if self.points is None or mark.points is None else self.points + mark.points
        self.cells[mark.exercise] = cell(mark)
        self.nothing &= mark.verdict == "missing"
        if mark.verdict in ("grader_error", "unreadable", *STOPPED):
            self.pressing.append(mark)


class Tally:
    """The marks on an exercise, counted."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.mistakes: defaultdict[tuple[str, ...], Examples] = defaultdict(Examples)

    def add(self, mark: Mark) -> None:
        """Count a mark."""
        self.counts[mark.verdict] += 1
        if mark.verdict in MISTAKEN:
            message = readable(mark.message, LONGEST_MESSAGE)
            self.mistakes[tuple(map(masked, gist(message)))].add(mark.student, message.strip())

    def success(self, exercise: Exercise, title: str, answers: Answers) -> Success:
        """Return how the class did in the exercise."""
        counts = {verdict: self.counts[verdict] for verdict in VERDICTS}
        marked = sum(counts.values()) - counts["grader_error"]
        share = counts["ok"] / marked if marked else None
        ordered = sorted(self.mistakes.items(), key=lambda each: (-each[1].count, each[0]))
        mistakes = [each.mistake(exercise.id, answers) for _, each in ordered[:MISTAKES]]
        return Success(exercise.id, title, exercise.points, counts, share, mistakes)


# people


def people(
    students: dict[str, Standing],
    notes: Mapping[str, list[str]],
    reached: Mapping[str, list[str]],
    titles: dict[str, str],
) -> dict[str, dict[str, list[str]]]:
    """Return who needs a person: {reason: {student: sentences}}, both in order; students: {student: Standing}."""
    found: dict[str, dict[str, list[str]]] = {reason: {} for reason in REASONS}
    for student in sorted({*students, *notes, *reached}):
        said = [
            *reasons(students.get(student), titles),
            ("reached", reached.get(student, ())),
            ("notes", notes.get(student, ())),
        ]
        for reason, sentences in said:
            if sentences:
                found[reason][student] = shortened(sentences)
    return {reason: students for reason, students in found.items() if students}


def reasons(standing: Standing | None, titles: dict[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each reason with its sentences about a student who stands so; none if it is no reason."""
    numbers = {id: title.split(":")[0] for id, title in titles.items()}
    marks = sorted(standing.pressing, key=lambda mark: list(numbers).index(mark.exercise)) if standing else []
    yield "failed", [f"{numbers[mark.exercise]}: {mark.message}" for mark in marks if mark.verdict == "grader_error"]
    yield "unreadable", [mark.message for mark in marks if mark.verdict == "unreadable"]
    stopped = [mark for mark in marks if mark.verdict in STOPPED]
    yield "stopped", [f"{numbers[mark.exercise]}: {WORDS[mark.verdict][1]}" for mark in stopped]
    yield "nothing", ["No answer to any exercise was found."] if standing and standing.nothing else []


def shortened(sentences: Sequence[str]) -> list[str]:
    """Return different sentences, each short enough for a table, and not too many."""
    different = list(dict.fromkeys(one_line(sentence, LONGEST_SENTENCE) for sentence in sentences))
    more = len(different) - SENTENCES
    return different[:SENTENCES] + ([f"... and {more} more."] if more > 0 else [])


# the terminal


def lines(summary: Summary) -> list[str]:
    """Return the lines of text that tell of the class, of COLUMNS letters at most."""
    if not summary.students:
        return ["There are no marks to tell of."]
    table = [line for exercise in summary.exercises for line in exercise_lines(exercise)]
    head = f"{'Exercise':<36}{'right':<27}" + "".join(f"{name:>7}" for name in [*SHOWN_APART, "other"])
    return [headline(summary), "", *histogram_lines(summary), head, *table, *people_lines(summary)]


def headline(summary: Summary) -> str:
    """Return the numbers that say most, in one line."""
    said = [amount(summary.students, "student")]
    if summary.totals:
        full, none = (sum(total == points for total in summary.totals) for points in (summary.max_points, 0))
        middle, average = median(summary.totals), mean(summary.totals)
        said.append(f"median {middle:g}, mean {average:.1f} of {summary.max_points:g} points")
        said += [f"{full} with all of them", f"{none} with none"]
    return " · ".join(said)


def amount(count: int, noun: str) -> str:
    """Return how many there are: "1 student", "2 students"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def histogram_lines(summary: Summary) -> list[str]:
    """Return the distribution of points; nothing if nobody is marked completely."""
    if not summary.totals:
        return []
    *blocks, points, students = charts.histogram(summary.distribution, columns=(COLUMNS - 9) // 4)
    return [*(f"{'':9}{row}".rstrip() for row in blocks), f"points   {points}", f"students {students}", ""]


def exercise_lines(exercise: Success) -> Iterator[str]:
    """Return the line of an exercise, and one for its most frequent mistake if it is no single student's."""
    numbers = [*(exercise.counts[verdict] for verdict in SHOWN_APART), exercise.others]
    counts = "".join(f"{number or '·':>7}" for number in numbers)
    yield f"{cut(exercise.title, 35):<36}{charts.bar(exercise.share or 0)} {share(exercise):>5} {counts}"
    for mistake in exercise.mistakes[:1]:
        if mistake.count > 1:
            yield cut(f"{mistake.count:>8} × {mistake.sentence} {mistake.hint}".rstrip(), COLUMNS)


def share(exercise: Success) -> str:
    """Return the share that is right, as text."""
    return "–" if exercise.share is None else f"{exercise.share:.0%}"


def people_lines(summary: Summary) -> list[str]:
    """Return a line for each reason why students need a person, with as many names as fit."""
    if not summary.people:
        return ["", "Nobody needs a person, but for the open question."]
    said = ["", f"{amount(len(summary.who), 'student')} to look at:"]
    for reason, students in summary.people.items():
        said.append(with_names(f"  {REASONS[reason]} ({len(students)}): ", list(map(shown, students))))
    return said


def with_names(words: str, names: list[str]) -> str:
    """Return a line of `words` and as many of the `names` as fit, at least one of them, or its beginning."""
    for few in range(len(names), 0, -1):
        rest = f" and {len(names) - few} more" if few < len(names) else ""
        line = words + ", ".join(names[:few]) + rest
        if len(line) <= COLUMNS:
            break
    return cut(line, COLUMNS)


# the page


def write_report(path: Path, summary: Summary) -> Path:
    """Write the page about a class to `path`, and return the path."""
    return replace(path, report_page(summary))


def report_page(summary: Summary) -> str:
    """Return the page about a class as HTML: it loads nothing, and runs a script of ours that sorts a table."""
    script = (TEMPLATES / SCRIPT).read_text(encoding="utf-8")
    segments = {exercise.id: charts.segments(exercise.counts) for exercise in summary.exercises}
    there = {part.kind for parts in segments.values() for part in parts}
    return template(PAGE).render(
        summary=summary,
        headline=headline(summary),
        policy=allowing(script),
        script=Markup(script),
        columns=charts.columns(summary.distribution),
        segments=segments,
        legend=[(kind, words) for kind, (_, words) in charts.KINDS.items() if kind in there],
        colours=charts.COLOURS,
        apart=SHOWN_APART,
        reasons=REASONS,
        shown=shown,
        share=share,
        names=NAMES,
        signs=SIGNS,
        any_late=any(row.late for row in summary.rows),
        again=[row for row in summary.rows if len(row.hand_ins) > 1],
    )
