"""A class of 40 from Moodle's and Canvas's downloads to filled files and packed pages, with a second round of hand-ins.

The second round has hand-ins that are late, repeated, and the first of a student.
"""

import csv
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from nbgrader.api import Gradebook

from grading.collect.__main__ import main as collect
from grading.export.__main__ import main as export
from grading.students import read_history, read_list
from tests.grading.export.test_export import canvas_reading, moodles_reading
from tests.kit.small_course import two_notebooks
from tools.platform_class import GERMAN, MISTAKE, canvas_download, gradebook, moodle_download, students, worksheet


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of the first two notebooks, which the grader needs."""
    return two_notebooks(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def made(course):
    return students(course)


@pytest.fixture(scope="module")
def most(course):
    return sum(exercise.points for exercise in course.automatic.values())


@pytest.fixture(scope="module")
def take(course, made, most):
    """Collect what a platform holds after so many rounds into a folder; return the exit code."""

    def take(platform, rounds, into):
        source, roster = course.root / f"{platform}-{rounds}.zip", course.root / f"{platform}-{rounds}.csv"
        if platform == "moodle":
            source.write_bytes(moodle_download(made, rounds))
            worksheet(roster, made, rounds, most)
        else:
            source.write_bytes(canvas_download(made, rounds))
            gradebook(roster, made, most)
        return collect([str(source), "--into", str(into), "--roster", str(roster)])

    return take


@pytest.mark.parametrize("platform", ["moodle", "canvas"])
def test_two_rounds_are_collected_with_names_lateness_and_history(take, made, tmp_path, platform):
    for rounds in (1, 2):
        assert take(platform, rounds, tmp_path / "submitted") == 0
        there = [each for each in made if each.hand_ins(rounds)]
        known = {row.student: row for row in read_list(tmp_path / "submitted")}
        assert {row.name: row.email for row in known.values()} == {each.name: each.email for each in there}
        assert {name for name, row in known.items() if row.late} == {
            each.name for each in there if each.is_late(rounds)
        }
        history = read_history(tmp_path / "submitted")
        assert {name: len(each) for name, each in history.items()} == {
            each.name: each.hand_ins(rounds) for each in there
        }
        assert all([each.counts for each in theirs][-1] == "yes" for theirs in history.values())


# marked


@pytest.fixture(scope="module")
def marked(isolation, course, take, run):
    """The course after both rounds were collected from Moodle, then from Canvas, and marked; and what was said."""
    said = []
    for platform in ("moodle", "canvas"):
        for rounds in (1, 2):
            assert take(platform, rounds, course.root / platform) == 0
            options = ["--course", course.root, "--out", course.root / f"{platform}.csv", "--jobs", 2]
            if (platform, rounds) != ("canvas", 1):  # the first round again would be marked again
                said.append(run("grading", course.root / platform, *options, cwd=course.root).stdout)
    return SimpleNamespace(root=course.root, said=said)


@pytest.mark.long
@pytest.mark.parametrize("platform", ["moodle", "canvas"])
def test_everybody_has_their_points_in_the_table_of_the_class(marked, made, platform):
    with (marked.root / f"{platform}-by-student.csv").open(encoding="utf-8", newline="") as file:
        found = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: float(row["points"]) for name, row in found.items()} == {each.name: each.points(2) for each in made}
    assert {name: row["email"] for name, row in found.items()} == {each.name: each.email for each in made}
    assert {name for name, row in found.items() if row["late"]} == {each.name for each in made if each.is_late(2)}
    assert {name: int(row["hand_ins"]) for name, row in found.items()} == {each.name: each.hand_ins(2) for each in made}


@pytest.mark.long
def test_the_second_platform_has_the_same_work_which_is_not_marked_again(marked):
    assert "Nothing to mark: 40 students, marked before." in marked.said[2]


@pytest.mark.long
def test_the_page_shows_an_answer_of_the_frequent_mistake(marked):
    page = (marked.root / "moodle.html").read_text(encoding="utf-8")
    assert MISTAKE[2] in page
    assert "Who handed in more than once" in page


@pytest.mark.long
def test_the_gradebook_has_everybodys_name(marked, made):
    with Gradebook(f"sqlite:///{marked.root}/gradebook.db") as book:
        found = {each.id: (f"{each.first_name} {each.last_name}", each.email) for each in book.students}
    assert found == {each.name: (each.name, each.email) for each in made}


@pytest.mark.long
def test_moodles_files_are_filled(marked, made):
    arguments = ["--course", str(marked.root), "--submitted", str(marked.root / "moodle")]
    filled, pages = marked.root / "filled.csv", marked.root / "pages.zip"
    given = str(marked.root / "moodle-2.csv")
    assert export(["moodle", *arguments, "--worksheet", given, "--out", str(filled)]) == 0
    with filled.open(encoding="utf-16", newline="") as file:
        rows = {row[GERMAN.name]: row for row in csv.DictReader(file, delimiter=";")}
    assert {name: float(row[GERMAN.grade]) for name, row in rows.items()} == {
        each.name: each.points(2) for each in made
    }
    for each in made:
        comment = rows[each.name][GERMAN.feedback]
        assert comment.startswith(f"{each.points(2):g} of ")
        assert ("is still to do" in comment) == (each.kinds == ["untouched", ""])
    assert export(["pages", "--platform", "moodle", *arguments, "--out", str(pages)]) == 0
    assert {moodles_reading(name)[0] for name in ZipFile(pages).namelist()} == {each.id for each in made}


@pytest.mark.long
def test_canvas_files_are_filled(marked, made):
    arguments = ["--course", str(marked.root), "--submitted", str(marked.root / "canvas")]
    filled, pages = marked.root / "filled.csv", marked.root / "pages.zip"
    given = ["--gradebook", str(marked.root / "canvas-2.csv"), "--assignment", "Session 2"]
    assert export(["canvas", *arguments, *given, "--out", str(filled)]) == 0
    with filled.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.DictReader(file)
    assert {row["Student"]: float(row["Session 2 (7)"]) for row in rows} == {each.name: each.points(2) for each in made}
    export(["pages", "--platform", "canvas", *arguments, "--out", str(pages)])
    read_back = {canvas_reading(name)[0] for name in ZipFile(pages).namelist()}
    assert read_back == {each.id for each in made}
