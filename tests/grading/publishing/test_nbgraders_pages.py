"""nbgrader's own feedback, made by its command beside ours: as safe to open as our pages."""

import re
from itertools import combinations

import pytest

from grading.course import ASSIGNMENT
from grading.publishing.feedback import write_feedback
from grading.publishing.gradebook import ByHand, by_hand, record
from grading.verdicts import Verdict
from tests.grading.publishing.test_feedback import CHROMIUM, dumped, text_of
from tests.grading.publishing.test_gradebook import FAILED, IN_2, WRONG, by_a_person, handed_in, marks_of, with_release
from tests.kit import hostile
from tests.kit.totals import MOST, POINTS, worth

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def released(course):
    return with_release(course)


@pytest.fixture(scope="module")
def class_of_two(course, released, run):
    """Mallory's notebooks and messages are hostile; Ada's are not. nbgrader makes its pages of both."""
    script = f"<script>{hostile.RUN}</script>"
    notebooks = handed_in(released, answer=f"{script} ![x]({hostile.ELSEWHERE}/x.png) and $a<b$")
    for notebook in notebooks.values():
        hostile.with_hostile_cells(notebook)
    marks = marks_of(released, "mallory", classic_mf=Verdict("wrong", script), row_dot=Verdict("ok", script))
    record(course, released, "mallory", notebooks, marks)
    write_feedback(course, released, "mallory", notebooks, marks, {"which-model": ByHand(None, script, True)})
    marks = marks_of(released, "ada", classic_mf=WRONG, koren_fit=FAILED)
    record(course, released, "ada", handed_in(released), marks)
    write_feedback(course, released, "ada", handed_in(released), marks)
    by_a_person(course, "ada", "which-model", 2, "A choice with reasons.")
    run("nbgrader", "generate_feedback", ASSIGNMENT, cwd=course)
    return course


def pages(folder, student):
    return {path.stem: path.read_text(encoding="utf-8") for path in (folder / "feedback" / student).rglob("*.html")}


def test_nbgrader_makes_its_pages_beside_ours(class_of_two, released):
    for student in ("ada", "mallory"):
        assert pages(class_of_two, student).keys() == {*released.released, "feedback"}


def test_no_page_runs_or_loads_anything(class_of_two):
    for student in ("ada", "mallory"):
        found = {name: hostile.live(page) for name, page in pages(class_of_two, student).items()}
        assert all(found[name] == [] for name in found), found


def test_hostile_text_is_shown_as_text(class_of_two):
    assert "&lt;script&gt;document" in pages(class_of_two, "mallory")["02_matrix_factorization"]
    assert "&lt;script&gt;document" in pages(class_of_two, "mallory")["feedback"]


def test_honest_text_beside_it_survives(class_of_two):
    page = pages(class_of_two, "mallory")["01_reviews_to_batches"]
    assert "<details><summary>Honest</summary>" in page
    assert "$a&lt; b$" in page
    assert hostile.DOT in page
    assert "<b>bold</b>" in page


def test_nbgraders_pages_show_points_and_messages(class_of_two):
    page = text_of(pages(class_of_two, "ada")["02_matrix_factorization"])
    assert f"02_matrix_factorization (Score: {IN_2 - worth('classic-mf', 'koren-fit'):.1f} / {IN_2:.1f})" in page
    assert "✗ Exercise 2.1: right shape, but 4 of 4 values differ." in page


def test_points_given_meanwhile_are_on_our_page_when_nbgrader_made_its_own(class_of_two):
    page = text_of(pages(class_of_two, "ada")["feedback"])
    assert f"{POINTS} of {MOST} points , and 1 still to be given by a person" in page
    assert "A choice with reasons." in page
    assert by_hand(class_of_two, with_release(class_of_two), "ada")["which-model"].points == 2


def test_nobody_elses_name_is_on_a_page(class_of_two):
    for one, other in combinations(["ada", "mallory"], 2):
        assert other not in "".join(pages(class_of_two, one).values())
        assert not re.search(rf"\b{one}\b", text_of(pages(class_of_two, other)["feedback"]))


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
@pytest.mark.parametrize("name", ["01_reviews_to_batches", "feedback"])
def test_a_browser_runs_nothing_either(name, class_of_two):
    path = class_of_two / "feedback" / "mallory" / ASSIGNMENT / f"{name}.html"
    page = dumped(f"file://{path}")
    assert "Exercise 1.1" in page  # it went nowhere else
    assert "data-hostile=" not in page
