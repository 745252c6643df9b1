"""The report on a class: the sums behind it, its lines in a terminal, and its page."""

import csv
import random
import re
import shutil
import subprocess
import sys
import tracemalloc

import pytest

from authoring.notebooks import ROOT
from grading.course import Course
from grading.publishing import charts
from grading.publishing.class_table import cell, write_table
from grading.publishing.mistakes import gist, masked
from grading.publishing.pages import TEMPLATES
from grading.publishing.report import COLUMNS, lines, summary, write_report
from grading.students import HandedIn, Known
from grading.verdicts import VERDICTS, Mark, Verdict
from helpers.plotting import style
from tests.grading.publishing.test_feedback import text_of
from tests.grading.publishing.test_gradebook import marks_of
from tests.kit import hostile
from tests.kit.totals import COUNT, POINTS

SORT = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
POINTS_OF_FIVE = f"median {POINTS - 1}, mean {POINTS - 1.2:.1f} of {POINTS} points"

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
TO_DO = Verdict("todo", "○ Exercise 4.6 is still to do: replace the `...` in `joint_step`.")
TIMEOUT = Verdict("timeout", "✗ Exercise 1.1: your code did not come to its end in time. Is there an endless loop?")
FAILED = Verdict("grader_error", "The grader itself failed: KeyError: 'embed_u'")
FRACTION = (
    "✗ Exercise 2.1: the prediction has the right shape, but {} of 4 values differ.\n  For user [{}, 2], by hand: {}."
)


@pytest.fixture(scope="module")
def course():
    return Course()


def wrong(message):
    return Verdict("wrong", message)


def column(size):
    return wrong(f"✗ Exercise 2.1: the prediction has shape ({size}, 1), expected ({size},).\n  One number per review.")


@pytest.fixture(scope="module")
def small(course):
    """Five students: two made one mistake, on inputs of their own; one made another; one waits for the grader."""
    return [
        *marks_of(course, "ada", classic_mf=column(4)),
        *marks_of(course, "bo", classic_mf=column(3), joint_step=TO_DO),
        *marks_of(course, "chi", classic_mf=wrong(FRACTION.format(1, 7, 12))),
        *marks_of(course, "dora", row_dot=TIMEOUT),
        *marks_of(course, "emil", koren_mf=FAILED),
    ]


def a_class(course, students, seed=0):
    """Return the marks and notes of a class that has come to about the middle, with mistakes of 5 kinds."""
    draw, marks = random.Random(seed), []
    for n in range(students):
        verdicts = {}
        for id in course.automatic:
            numbers = [draw.randrange(100) for _ in range(6)]
            said = f"✗ Exercise 1.1: the {'abcde'[numbers[0] % 5]} is {numbers}, not 0.\n  Is {numbers[0] % 5} missing?"
            verdicts[id.replace("-", "_")] = Verdict(draw.choice(("ok", "ok", "ok", "wrong", "error", *VERDICTS)), said)
        marks += marks_of(course, f"student-{n:04}", **verdicts)
    return marks, {f"student-{n:04}": ["A file was renamed."] for n in range(0, students, 10)}


# the sums


def test_the_totals_leave_out_whoever_is_not_marked_completely(course, small):
    told = summary(course, small, {})
    assert (told.students, told.totals) == (5, [POINTS - 2, *[POINTS - 1] * 3])
    assert told.distribution == [0] * (POINTS - 2) + [1, 3, 0]


def test_an_exercise_has_its_title_points_and_share_of_those_that_could_be_marked(course, small):
    told = {exercise.id: exercise for exercise in summary(course, small, {}).exercises}
    assert list(told) == list(course.automatic)
    mf, koren = told["classic-mf"], told["koren-mf"]
    assert (mf.title, mf.points, mf.counts["wrong"], mf.share) == ("2.1: predict a rating", 1, 3, 2 / 5)
    assert (koren.counts["grader_error"], koren.others, koren.share) == (1, 1, 1)


def test_mistakes_are_the_same_whatever_their_numbers(course, small):
    [told] = [exercise for exercise in summary(course, small, {}).exercises if exercise.id == "classic-mf"]
    first, second = told.mistakes
    assert (first.count, first.students) == (2, ["ada", "bo"])
    assert first.sentence == "the prediction has shape (3, 1), expected (3,)."
    assert first.hint == "One number per review."
    assert first.example == column(3).message
    assert (second.count, second.hint) == (1, "")


@pytest.mark.parametrize(
    ("message", "sentence", "hint"),
    [
        (FRACTION.format(4, 1, 5), "the prediction has the right shape, but 4 of 4 values differ.", ""),
        (
            "✗ Exercise 2.1: `forward` changes `self.mean`. Only the optimiser changes weights.",
            "`forward` changes `self.mean`.",
            "Only the optimiser changes weights.",
        ),
        (
            "✗ Exercise 1.1: your code stopped, given a tensor of shape (3, 2).\n  NameError: name 'x' is not defined\n"
            "    in row_dot, line 3: return x\n  Is it spelt alike?",
            "your code stopped: NameError: name 'x' is not defined",
            "Is it spelt alike?",
        ),
        ("", "", ""),
    ],
)
def test_the_gist_of_a_message_is_what_is_wrong_and_what_to_look_at(message, sentence, hint):
    assert gist(message) == (sentence, hint)


def test_masked_are_numbers_lists_and_quoted_values_but_no_names_of_code():
    assert masked("name 'x' is not -0.5 but [[1, 2], [3.5]]") == "name '#' is not # but [#] "
    assert masked("the user's `self.users` and the item's") == "the user's `self.users` and the item's"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_what_the_students_code_did_is_a_mistake(course, verdict):
    told = summary(course, marks_of(course, "ada", row_dot=Verdict(verdict, "It is so.")), {}).exercises[0]
    assert bool(told.mistakes) == (verdict in ("wrong", "error", "timeout", "memory", "crashed"))


def test_three_mistakes_are_told_with_five_names(course):
    classmates = [mark for n in range(9) for mark in marks_of(course, f"s{n}", row_dot=wrong(f"✗ {'abcd'[n // 7]}."))]
    classmates += [mark for n in "xyz" for mark in marks_of(course, n, row_dot=wrong(f"✗ {n}."))]
    mistakes = summary(course, classmates, {}).exercises[0].mistakes
    assert [mistake.count for mistake in mistakes] == [7, 2, 1]
    assert mistakes[0].students == ["s0", "s1", "s2", "s3", "s4"]


def test_who_needs_a_person_and_why(course, small):
    nothing = {id.replace("-", "_"): Verdict("missing", "Not handed in.") for id in course.automatic}
    unreadable = Verdict("unreadable", "04.ipynb cannot be read: The file is empty.")
    marks = [*small, *marks_of(course, "fay", **nothing), *marks_of(course, "gus", text_item=unreadable)]
    notes = {"ada": ["A file was renamed."], "hal": ["hal.rar is not read."], "bo": []}
    assert summary(course, marks, notes).people == {
        "failed": {"emil": ["2.3: The grader itself failed: KeyError: 'embed_u'"]},
        "unreadable": {"gus": ["04.ipynb cannot be read: The file is empty."]},
        "stopped": {"dora": ["1.1: took too long"]},
        "nothing": {"fay": ["No answer to any exercise was found."]},
        "notes": {"ada": ["A file was renamed."], "hal": ["hal.rar is not read."]},
    }


def test_whose_code_reaches_out_is_told_apart_from_whose_code_had_to_be_stopped(course):
    marks = [*marks_of(course, "ada", row_dot=TIMEOUT), *marks_of(course, "bo")]
    told = summary(course, marks, {}, {"bo": ["Cell row-dot, line 2, uses the network: import socket"]})
    assert list(told.people) == ["reached", "stopped"]
    assert told.people["reached"] == {"bo": ["Cell row-dot, line 2, uses the network: import socket"]}
    assert "  code that reaches out of its place (1): bo" in lines(told)


# the terminal


def test_the_lines_tell_points_exercises_mistakes_and_people(course, small):
    told = lines(summary(course, small, {}))
    assert told[0] == f"5 students · {POINTS_OF_FIVE} · 0 with all of them · 0 with none"
    place = next(n for n, line in enumerate(told) if line.startswith("2.1: predict a rating"))
    assert told[place].split()[-6:] == ["40%", "2", "3", "·", "·", "·"]
    assert told[place + 1] == "       2 × the prediction has shape (3, 1), expected (3,). One number per review."
    assert told[-3:] == [
        "2 students to look at:",
        "  the grader itself failed (1): emil",
        "  code had to be stopped (1): dora",
    ]


def test_a_mistake_of_one_student_alone_is_not_told_in_the_terminal(course):
    told = lines(summary(course, marks_of(course, "ada", classic_mf=column(4)), {}))
    assert not any("×" in line for line in told)
    assert told[-1] == "Nobody needs a person, but for the open question."


@pytest.mark.parametrize("students", [0, 1, 12, 200, 2000])
def test_the_lines_fit_a_screen(course, students):
    told = lines(summary(course, *a_class(course, students)))
    assert len(told) <= 24 + COUNT + 3 * 5  # head and people, a line an exercise, three mistakes of some
    assert max(map(len, told)) <= COLUMNS


def test_a_histogram_shows_a_single_student_beside_many():
    assert charts.histogram([0, 1, 40], height=2) == ["        ███", "    ▁▁▁ ███", "  0   1   2", "  ·   1  40"]


def test_a_histogram_of_many_counts_puts_neighbours_together():
    assert charts.histogram([1, 0, 2, 2, 1], height=1, columns=3) == ["▂▂▂ ███ ▂▂▂", "  0   2   4", "  1   4   1"]


def test_a_bar_is_as_long_as_its_share():
    assert [charts.bar(share, 4) for share in (0, 0.5, 0.53, 1)] == ["    ", "██  ", "██▏ ", "████"]


# the page


def page_of(folder, course, marks, notes):
    path = write_report(folder / "report.html", summary(course, marks, notes))
    assert path == folder / "report.html"
    return path.read_text(encoding="utf-8")


def test_the_page_tells_what_the_lines_tell(course, small, tmp_path):
    text = text_of(page_of(tmp_path, course, small, {}))
    assert f"5 students · {POINTS_OF_FIVE}" in text
    assert "2 need a person , for what no mark can settle" in text
    assert "Left out is 1 whose marks are not complete." in text
    assert "2.1: predict a rating 1 2 3 · · ·" in text
    assert "2 × the prediction has shape (3, 1), expected (3,). One number per review." in text
    assert "2 students : ada, bo ✗ Exercise 2.1: the prediction has shape (3, 1)" in text
    assert "emil : 2.3: The grader itself failed: KeyError: &#39;embed_u&#39;" in text


def test_the_pictures_are_told_in_words_too(course, small, tmp_path):
    page = page_of(tmp_path, course, small, {})
    assert f'aria-label="Students by points: 1 with {POINTS - 2}, 3 with {POINTS - 1}."' in page
    assert 'aria-label="Exercise 2.1: predict a rating: 2 right; 3 not right yet."' in page
    assert page.count('<svg class="columns" role="img"') + page.count("<svg role=") == 1 + len(course.automatic)


def test_every_verdict_has_a_colour_and_its_place_in_the_bar():
    told = [verdict for verdicts, _ in charts.KINDS.values() for verdict in verdicts]
    assert told == list(VERDICTS)
    assert set(charts.KINDS) == set(charts.COLOURS)
    bar = charts.segments({"ok": 3, "wrong": 0, "timeout": 1, "memory": 1, "missing": 5})
    assert [(part.kind, part.left, part.width) for part in bar] == [
        ("right", 0, 30),
        ("stopped", 30, 20),
        ("missing", 50, 50),
    ]


def test_the_colours_are_those_of_the_session():
    used = [charts.COLOURS[kind][0] for kind in ("right", "wrong", "stopped", "error", "unreadable")]
    assert used == [style.BLUE, style.ORANGE, style.PURPLE, style.RED, style.BLACK]


@pytest.mark.parametrize("students", [0, 1, 12, 200])
def test_equal_marks_make_equal_pages_in_whatever_order(course, tmp_path, students):
    marks, notes = a_class(course, students)
    page = page_of(tmp_path, course, marks, notes)
    random.Random(1).shuffle(marks)
    notes = dict(reversed(notes.items()))
    assert page_of(tmp_path, course, iter(marks), notes) == page


@pytest.mark.proof
def test_a_class_of_2000_needs_little_memory(course, tmp_path):
    marks, notes = a_class(course, 2000)
    page_of(tmp_path, course, marks[:COUNT], {})  # what is loaded once
    tracemalloc.start()
    page = page_of(tmp_path, course, marks, notes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000
    assert len(page) < 2_000_000


# what students may write


def hostile_class(course):
    """Return marks and notes of students whose names and messages want to be more than text."""
    texts = [
        f"{hostile.MARKDOWN[0]}\x1b[31m\x07\u202e\ud800",
        '"><img src=x onerror=alert(1)> {{ 7 * 7 }} {% raw %}',
        "'" * 3000 + "[" * 3000 + "\u202e" * 10,
        "</summary></details></pre><svg onload=alert(1)>" + "x" * 10**6,
        *hostile.MARKDOWN[1:-2],
    ]
    marks = []
    for n, text in enumerate(texts):
        verdicts = {
            id.replace("-", "_"): Verdict(VERDICTS[1 + n % 9], f"✗ Exercise 1.1: {text}") for id in course.automatic
        }
        marks += marks_of(course, text, **verdicts)
    return marks, {text: [text] * 20 for text in texts}


def test_what_students_wrote_stays_text(course, tmp_path):
    page = page_of(tmp_path, course, *hostile_class(course))
    page = page.replace(f"<script>{SORT}</script>", "", 1)
    assert not re.search(r"<(script|img|iframe|link|object|embed|base|form)\b|<[^>]*\son\w+=|<svg onload", page)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)
    assert "{{ 7 * 7 }}" in page
    assert len(page) < 200_000


def test_the_page_loads_nothing(course, small, tmp_path):
    page = page_of(tmp_path, course, small, {})
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"\b(src|srcset|data|action)=|url\(|@import|http://|https://|fetch|import\(", page)
    assert {link[0] for link in re.findall(r'href="([^"]*)', page)} == {"#"}


def test_what_students_wrote_does_nothing_to_the_terminal(course):
    told = lines(summary(course, *hostile_class(course)))
    assert max(map(len, told)) <= COLUMNS
    assert all(line.isprintable() for line in told)
    "\n".join(told).encode("utf-8")


@pytest.mark.proof
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium at hand")
@pytest.mark.parametrize("width", [360, 1100])
def test_in_a_browser_the_page_is_as_wide_as_its_window(course, tmp_path, width):
    path = tmp_path / "report.html"
    write_report(path, summary(course, *hostile_class(course)))
    probe = f'<iframe src="{path.as_uri()}" style="width:{width}px;height:9000px;border:0"></iframe>'
    (tmp_path / "frame.html").write_text(
        f"{probe}<script>onload = () => {{ const page = frames[0].document.documentElement;"
        "document.title = page.scrollWidth - page.clientWidth + ' too wide' + (page.dataset.hostile || '') }</script>"
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    command = [CHROMIUM, *options, f"--user-data-dir={tmp_path / 'browser'}", (tmp_path / "frame.html").as_uri()]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "<title>0 too wide</title>" in seen


def test_the_report_starts_without_torch_and_matplotlib():
    program = "import sys, grading.publishing.report; print(*{'torch', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# what each student has


def test_a_mistake_comes_with_up_to_three_different_answers_of_those_who_made_it(course, tmp_path):
    marks = [mark for n in range(9) for mark in marks_of(course, f"s{n}", row_dot=wrong("✗ Exercise 1.1: no."))]
    given = {
        "s0": "a = 1",
        "s1": "a = 1",
        "s2": "b = 2 # \u202e<script>alert(1)</script>",
        "s3": "c",
        "s4": "d",
        "s5": "e",
    }
    answers = lambda student, exercise: given[student] if exercise == "row-dot" else None
    told = summary(course, marks, {}, answers=answers)
    [mistake] = told.exercises[0].mistakes
    assert mistake.answers == ["a = 1", "b = 2 # <script>alert(1)</script>", "c"]
    page = write_report(tmp_path / "report.html", told).read_text(encoding="utf-8")
    assert "<pre>b = 2 # &lt;script&gt;alert(1)&lt;/script&gt;</pre>" in page
    assert text_of(page).count("Answers of theirs:") == 1


def known(student, late="", name="Ada Lovelace", number=1, counts="yes"):
    row = Known(student, "moodle", "12", name, f"{student}@x.org", "", late, "2026-11-24T10:00:00+00:00", "0", "")
    return HandedIn(number, counts, row)


def with_history(course, small):
    """Return the Summary of the five: Ada handed in twice, late in the end; Bo once."""
    history = {"ada": [known("ada", counts=""), known("ada", "yes", number=2)], "bo": [known("bo", name="=Bo")]}
    return summary(course, small, {}, known={name: rows[-1].known for name, rows in history.items()}, history=history)


def test_the_table_has_a_row_per_student(course, small, tmp_path):
    told = with_history(course, small)
    path = write_table(tmp_path / "table.csv", told.rows, list(course.automatic), told.max_points)
    with path.open(encoding="utf-8", newline="") as file:
        ada, bo, *others = list(csv.DictReader(file))
    assert (ada["student"], ada["name"], ada["email"]) == ("ada", "Ada Lovelace", "ada@x.org")
    assert (ada["points"], ada["max_points"], ada["late"], ada["hand_ins"]) == (
        f"{POINTS - 1}",
        f"{POINTS}",
        "yes",
        "2",
    )
    assert ada["handed_in"].startswith("2026-11-24T10:00")
    assert bo["name"] == "'=Bo"
    assert {id: float(ada[id]) for id in course.automatic} == {
        id: 0 if id == "classic-mf" else exercise.points for id, exercise in course.automatic.items()
    }
    emil = others[-1]
    assert (emil["points"], emil["koren-mf"], emil["name"]) == ("", "", "")  # the grader failed


def test_the_page_shows_it_too(course, small, tmp_path):
    text = text_of(write_report(tmp_path / "report.html", with_history(course, small)).read_text(encoding="utf-8"))
    assert f"ada {POINTS - 1} late 2 " in text
    assert "emil –" in text
    assert "ada : 1 on 2026-11-24 10:00; 2 on 2026-11-24 10:00, late, counts ." in text


def test_every_verdict_has_a_sign_in_the_table():
    assert [
        cell(mark).text for mark in (Mark("", "", "", 1.5, 2, "ok", ""), Mark("", "", "", 0.5, 2, "wrong", ""))
    ] == [
        "1.5",
        "0.5",
    ]
    signs = {verdict: cell(Mark("", "", "", None, 1, verdict, "")).text for verdict in VERDICTS if verdict != "ok"}
    assert "0" not in signs.values()
    assert len(set(signs.values())) == len(charts.KINDS) - 1
