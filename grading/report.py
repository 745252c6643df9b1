"""What the class did, for the instructor: from rows of marks, as some lines in the terminal and as a page.

Points and their distribution, each exercise with its most frequent mistakes, and who needs a person. Equal marks make
the same page, byte for byte, in whatever order they come.
"""

import re
from collections import Counter, defaultdict
from statistics import mean, median
from typing import NamedTuple

from grading import charts
from grading.cleaning import POLICY
from grading.feedback import WORDS, template, title
from grading.files import replace
from grading.texts import readable
from grading.verdicts import VERDICTS

PAGE = "report.html"
COLUMNS = 98  # of a terminal
MISTAKES = 3  # of an exercise
NAMES = 5  # of a mistake
SENTENCES = 5  # about a student
LONGEST_NAME, LONGEST_SENTENCE, LONGEST_MESSAGE = 60, 300, 1000
SHOWN_APART = ("ok", "wrong", "todo", "error")  # in the tables; the other verdicts are one number

STOPPED = ("timeout", "memory", "crashed")
MISTAKEN = ("wrong", "error", *STOPPED)
REASONS = {  # why a student needs a person: the most pressing first
    "failed": "the grader itself failed",
    "unreadable": "a file cannot be read",
    "stopped": "code had to be stopped",
    "nothing": "nothing was handed in",
    "notes": "something to look at",
}

PREFIX = re.compile(r"[✗○] Exercise [\d.]+: ")
WHERE = re.compile(r"in .*, line \d+")  # a line of a traceback
EXAMPLE = re.compile(r"(For|From|By) |.*\b[Yy]ou returned\b")  # a line that shows numbers or words of one case
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
NUMBERS = re.compile(r"\[[\[\]#,\s]*")  # a list of numbers, once they are #, and the space behind it
QUOTED = re.compile(r"""(?<!\w)'[^'\n]*'(?!\w)|"[^"\n]*\"""")


class Mistake(NamedTuple):
    """What several students were told about an exercise, apart from numbers and names."""

    count: int
    sentence: str  # of the example: what is wrong
    hint: str  # of the example: what to look at; may be empty
    example: str  # the shortest of their messages, whole
    students: list[str]  # some of them


class Success(NamedTuple):
    """How the class did in an exercise."""

    id: str
    title: str  # such as "2.1: predict a rating"
    points: float
    counts: dict[str, int]  # of each verdict
    share: float | None  # right, of those that could be marked; None if none could
    mistakes: list[Mistake]  # the most frequent

    @property
    def others(self):
        """The number of verdicts that have no column of their own."""
        return sum(self.counts.values()) - sum(self.counts[verdict] for verdict in SHOWN_APART)


class Summary(NamedTuple):
    """What the class did."""

    students: int
    max_points: float  # of the exercises that are marked automatically
    totals: list[float]  # of points, in ascending order; whoever is not marked completely is left out
    exercises: list[Success]
    people: dict[str, dict[str, list[str]]]  # {key of REASONS: {student: sentences}}, those that need a person

    @property
    def distribution(self):
        """The number of students with 0, 1, 2, ... points, a part of a point not counted."""
        counts = Counter(map(int, self.totals))
        return [counts[points] for points in range(int(self.max_points) + 1)]

    @property
    def who(self):
        """The names of all who need a person."""
        return sorted({student for students in self.people.values() for student in students})


def summary(course, marks, notes):
    """Return the Summary of a class.

    marks: Marks, in any order; those on exercises that the course does not have are left out.
    notes: {student: sentences for the instructor}.
    """
    by_student, by_exercise = defaultdict(list), defaultdict(list)
    for mark in marks:
        if mark.exercise in course.automatic:
            by_student[mark.student].append(mark)
            by_exercise[mark.exercise].append(mark)
    titles = {id: short_title(exercise, course) for id, exercise in course.automatic.items()}
    complete = [theirs for theirs in by_student.values() if all(mark.points is not None for mark in theirs)]
    return Summary(
        len(by_student),
        sum(exercise.points for exercise in course.automatic.values()),
        sorted(sum(mark.points for mark in theirs) for theirs in complete),
        [success(exercise, titles[id], by_exercise[id]) for id, exercise in course.automatic.items()],
        people(by_student, notes, titles),
    )


def short_title(exercise, course):
    """Return the heading that the session gives an exercise, such as "2.1: predict a rating"."""
    return title(exercise, course.released[exercise.notebook]).removeprefix("Exercise ")


def success(exercise, title, marks):
    """Return how the class did in an exercise that has these marks."""
    counts = Counter(mark.verdict for mark in marks)
    counts = {verdict: counts[verdict] for verdict in VERDICTS}
    marked = len(marks) - counts["grader_error"]
    share = counts["ok"] / marked if marked else None
    return Success(exercise.id, title, exercise.points, counts, share, mistakes(marks))


# mistakes


def mistakes(marks):
    """Return the most frequent mistakes among the marks on an exercise."""
    groups = defaultdict(list)
    for mark in marks:
        if mark.verdict in MISTAKEN:
            sentence, hint = gist(readable(mark.message, LONGEST_MESSAGE))
            groups[masked(sentence), masked(hint)].append(mark)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [mistake(theirs) for _, theirs in ordered[:MISTAKES]]


def mistake(marks):
    """Return the mistake that all these marks are about."""
    messages = {readable(mark.message, LONGEST_MESSAGE).strip() for mark in marks}
    example = min(messages, key=lambda message: (len(message), message))
    names = [shown(student) for student in sorted({mark.student for mark in marks})[:NAMES]]
    return Mistake(len(marks), *gist(example), example, names)


def gist(message):
    """Return (what is wrong, what to look at) of a check's message; left out is what shows a single case."""
    lines = [line.strip() for line in PREFIX.sub("", message, count=1).splitlines()]
    first, *others = [line for line in lines if line and not WHERE.match(line)] or [""]
    if first.startswith("your code stopped") and others:
        first = f"your code stopped: {others.pop(0)}"
    elif ". " in first:
        first, other = first.split(". ", 1)
        first, others = f"{first}.", [other, *others]
    hint = others[-1] if others and not EXAMPLE.match(others[-1]) else ""
    return first[:LONGEST_SENTENCE], hint[:LONGEST_SENTENCE]


def masked(text):
    """Return `text` without what differs from student to student: numbers, lists of numbers, quoted values."""
    return NUMBERS.sub("[#] ", NUMBER.sub("#", QUOTED.sub("'#'", text)))


# people


def people(by_student, notes, titles):
    """Return who needs a person: {reason: {student: sentences}}, both in order."""
    found = {reason: {} for reason in REASONS}
    for student in sorted({*by_student, *notes}):
        for reason, sentences in reasons(by_student.get(student, []), notes.get(student, ()), titles):
            if sentences:
                found[reason][student] = shortened(sentences)
    return {reason: students for reason, students in found.items() if students}


def reasons(marks, notes, titles):
    """Yield each reason with its sentences about the student of these marks and notes; none if it is no reason."""
    numbers = {id: title.split(":")[0] for id, title in titles.items()}
    marks = sorted(marks, key=lambda mark: list(numbers).index(mark.exercise))
    yield "failed", [f"{numbers[mark.exercise]}: {mark.message}" for mark in marks if mark.verdict == "grader_error"]
    yield "unreadable", [mark.message for mark in marks if mark.verdict == "unreadable"]
    stopped = [mark for mark in marks if mark.verdict in STOPPED]
    yield "stopped", [f"{numbers[mark.exercise]}: {WORDS[mark.verdict][1]}" for mark in stopped]
    nothing = marks and all(mark.verdict == "missing" for mark in marks)
    yield "nothing", ["No answer to any exercise was found."] if nothing else []
    yield "notes", notes


def shortened(sentences):
    """Return different sentences, each short enough for a table, and not too many."""
    different = list(dict.fromkeys(one_line(sentence, LONGEST_SENTENCE) for sentence in sentences))
    more = len(different) - SENTENCES
    return different[:SENTENCES] + ([f"... and {more} more."] if more > 0 else [])


def one_line(text, longest):
    """Return `text` in one line; of what is too long the beginning and the end, where tracebacks say what it was."""
    text = " ".join(readable(text).split())
    return text if len(text) <= longest else f"{text[: longest // 2]} ... {text[-longest // 2 :]}"


def shown(student):
    """Return a student's name as it is printed."""
    return cut(" ".join(readable(student, 200).split()), LONGEST_NAME)


def cut(text, longest):
    """Return `text` with an ellipsis instead of what is too long."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


# the terminal


def lines(summary):
    """Return the lines of text that tell of the class, of COLUMNS letters at most."""
    if not summary.students:
        return ["There are no marks to tell of."]
    table = [line for exercise in summary.exercises for line in exercise_lines(exercise)]
    head = f"{'Exercise':<36}{'right':<27}" + "".join(f"{name:>7}" for name in [*SHOWN_APART, "other"])
    return [headline(summary), "", *histogram_lines(summary), head, *table, *people_lines(summary)]


def headline(summary):
    """Return the numbers that say most, in one line."""
    said = [amount(summary.students, "student")]
    if summary.totals:
        full, none = (sum(total == points for total in summary.totals) for points in (summary.max_points, 0))
        middle, average = median(summary.totals), mean(summary.totals)
        said.append(f"median {middle:g}, mean {average:.1f} of {summary.max_points:g} points")
        said += [f"{full} with all of them", f"{none} with none"]
    return " · ".join(said)


def amount(count, noun):
    """Return how many there are: "1 student", "2 students"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def histogram_lines(summary):
    """Return the distribution of points; nothing if nobody is marked completely."""
    if not summary.totals:
        return []
    *blocks, points, students = charts.histogram(summary.distribution)
    return [*(f"{'':9}{row}".rstrip() for row in blocks), f"points   {points}", f"students {students}", ""]


def exercise_lines(exercise):
    """Return the line of an exercise, and one for its most frequent mistake if it is no single student's."""
    numbers = [*(exercise.counts[verdict] for verdict in SHOWN_APART), exercise.others]
    counts = "".join(f"{number or '·':>7}" for number in numbers)
    yield f"{cut(exercise.title, 35):<36}{charts.bar(exercise.share or 0)} {share(exercise):>5} {counts}"
    for mistake in exercise.mistakes[:1]:
        if mistake.count > 1:
            yield cut(f"{mistake.count:>8} × {mistake.sentence} {mistake.hint}".rstrip(), COLUMNS)


def share(exercise):
    """Return the share that is right, as text."""
    return "–" if exercise.share is None else f"{exercise.share:.0%}"


def people_lines(summary):
    """Return a line for each reason why students need a person, with as many names as fit."""
    if not summary.people:
        return ["", "Nobody needs a person."]
    said = ["", f"{amount(len(summary.who), 'student')} to look at:"]
    for reason, students in summary.people.items():
        said.append(with_names(f"  {REASONS[reason]} ({len(students)}): ", list(map(shown, students))))
    return said


def with_names(words, names):
    """Return a line of `words` and as many of the `names` as fit, at least one of them, or its beginning."""
    for few in range(len(names), 0, -1):
        rest = f" and {len(names) - few} more" if few < len(names) else ""
        line = words + ", ".join(names[:few]) + rest
        if len(line) <= COLUMNS:
            break
    return cut(line, COLUMNS)


# the page


def write_report(path, course, marks, notes):
    """Write the page about a class to `path`, and return the path; `marks` and `notes` as for `summary`."""
    return replace(path, report_page(summary(course, marks, notes)))


def report_page(summary):
    """Return the page about a class as HTML: it runs no script, and loads nothing."""
    page = template().environment.get_template(PAGE)  # with the settings of the feedback page: all is escaped
    segments = {exercise.id: charts.segments(exercise.counts) for exercise in summary.exercises}
    there = {part.kind for parts in segments.values() for part in parts}
    return page.render(
        summary=summary,
        headline=headline(summary),
        policy=POLICY,
        columns=charts.columns(summary.distribution),
        segments=segments,
        legend=[(kind, words) for kind, (_, words) in charts.KINDS.items() if kind in there],
        colours=charts.COLOURS,
        apart=SHOWN_APART,
        reasons=REASONS,
        shown=shown,
        share=share,
        names=NAMES,
    )
