"""An instructor's way through the session, walked in a browser: from a changed solution to marks that are handed on.

Each step is a fixture, and goes on where the one before it ended, in one course; the tests look at what is there then.
The pictures in docs/screenshots/ are taken on the way, as those of the student's walk are.
"""

import csv
import re
from contextlib import contextmanager
from html import escape
from io import BytesIO, StringIO
from types import SimpleNamespace
from urllib.parse import urlsplit

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import expect

from authoring.notebooks import ROOT, normalise, read
from authoring.notebooks import SOLUTIONS as OURS
from grading.course import ASSIGNMENT, Course
from grading.demo import MEAN, half, half_done, solved
from grading.export.__main__ import main as export
from grading.publishing.gradebook import by_hand
from grading.students import first_and_last
from tests.grading.collect.test_collect import zipped
from tests.kit import hostile
from tests.kit.browser import a_page, chromium, jupyterlab, violations
from tests.kit.totals import MOST, POINTS, worth
from tests.walks.test_student_walk import Lab, keep_or_compare

pytestmark = pytest.mark.proof

ONE, TWO, FOUR = "01_reviews_to_batches", "02_matrix_factorization", "04_predicting_text"
ADA, BEN, ZOE = "Ada Lovelace", "Ben O'Kri", "Zoë Ōe"
NUMBERS = {ADA: 11, BEN: 12, ZOE: 13}
SENTENCE = "This week, hand in by Friday."
COMMENT = "Well argued. And what of a review with < 3 words?"
GIVEN = "1.5"
OF_ADA, OF_BEN = f"{POINTS + float(GIVEN):g}", f"{POINTS - worth('classic-mf'):g}"
OF_ZOE = f"{worth(*half(Course())):g}"
CHECKED = ["classic-mf", "koren-mf", "koren-fit"]
WINDOW = {"viewport": {"width": 1400, "height": 1000}, "device_scale_factor": 2}
PAGE = {"viewport": {"width": 1000, "height": 1000}, "device_scale_factor": 2}
FORMULA = rf"$\href{{javascript:{hostile.RUN}}}{{x}} \style{{background: url({hostile.ELSEWHERE}/x.png)}}{{y}}$"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(course):
    """JupyterLab in the course's root, with the instructor's panels."""
    with jupyterlab(course) as address:
        yield address


def listed(name):
    """Return a student's name as Formgrader writes it: the last name first."""
    first, last = first_and_last(name)
    return f"{last}, {first}"


@contextmanager
def our_page(browser, **options):
    """Yield a page; fail in the end if it wrote an error, or asked another machine for something."""
    asked = []
    with a_page(browser, **options) as page:
        page.on("request", lambda request: asked.append(request.url))
        yield page
    assert {urlsplit(url).hostname for url in asked} <= {"127.0.0.1", None}


@contextmanager
def instructor_lab(browser, address):
    """Yield JupyterLab on a page, as it opens for an instructor."""
    with our_page(browser, **WINDOW) as page:
        page.goto(address)
        yield InstructorLab(page)


class InstructorLab(Lab):
    """JupyterLab on an instructor's page, where no notebook is open yet."""

    def __init__(self, page):
        self.page = page

    def enter(self, *folders):
        """Open folders in the file browser, one in the other."""
        for folder in folders:
            self.page.locator(".jp-DirListing-item").get_by_text(folder, exact=True).dblclick()
            self.page.locator(".jp-FileBrowser-crumbs").get_by_text(folder, exact=True).wait_for()

    def save(self):
        """Press Ctrl+S, and wait until the file is written."""
        tab = self.page.locator(".lm-TabBar-tab.jp-mod-current").last
        expect(tab).to_have_class(re.compile("jp-mod-dirty"))
        self.page.keyboard.press("Control+S")
        expect(tab).not_to_have_class(re.compile("jp-mod-dirty"))

    @property
    def formgrader(self):
        return self.page.locator("iframe").content_frame

    def open_list(self, notebook):
        """Go to Formgrader's list of who handed in a notebook, with their names."""
        self.formgrader.get_by_role("link", name="Manual Grading").first.click()
        for here, name in (("Manual Grading", ASSIGNMENT), (ASSIGNMENT, notebook)):
            self.formgrader.locator(".breadcrumb .active", has_text=here).wait_for()
            self.formgrader.locator("#main-table").get_by_role("link", name=name).click()
        self.formgrader.locator("#main-table").get_by_role("link", name="Submission #1").wait_for()
        self.formgrader.get_by_role("button", name="Show All Names").click()

    def open_submission(self, student, notebook):
        """Go to a student's notebook in Formgrader."""
        self.open_list(notebook)
        self.formgrader.locator("#main-table").get_by_role("link", name=listed(student)).click()
        for field in ("input.score", "textarea.comment"):
            self.formgrader.locator(f"{field}[placeholder]").first.wait_for()
        expect(self.formgrader.get_by_role("link", name="Next")).to_be_focused()  # once the formulas are typeset

    def open_students(self):
        """Go to Formgrader's list of students."""
        self.formgrader.get_by_role("link", name="Manage Students").first.click()
        self.formgrader.locator("#main-table").get_by_role("link", name=listed(ADA)).wait_for()

    def answer(self, id):
        """Return Formgrader's panel of an answer, or of a check."""
        return self.formgrader.locator(f".nbgrader_cell:has(#{id})")

    def scrolled(self):
        """Wait until Formgrader has scrolled to where it means to."""
        self.formgrader.locator("html").evaluate("() => $('body, html').promise().then(() => true)")

    def keys(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)


# --- a changed solution, and its release


@pytest.fixture(scope="module")
def edited(course, browser, address):
    """The course after a sentence was typed at the end of a text in notebook 1, which was then saved."""
    with instructor_lab(browser, address) as lab:
        lab.page.get_by_role("button", name="No", exact=True).click()  # no news, which JupyterLab asks once
        lab.enter("solutions", ASSIGNMENT)
        lab.open(ONE)
        text = lab.cell("How to work.")
        text.locator(".jp-MarkdownOutput").click()
        lab.keys("Enter")
        expect(text.locator(".cm-content")).to_be_focused()
        lab.keys("Control+End")
        lab.page.keyboard.type(f" {SENTENCE}")
        lab.keys("Shift+Enter")
        lab.save()
    return course


@pytest.fixture(scope="module")
def released(edited, run):
    """The course after the notebook was run anew and the student notebooks were made, with the README's commands."""
    run("authoring", "solutions", f"solutions/{ASSIGNMENT}/{ONE}.ipynb", cwd=edited)
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=edited)
    return Course(edited)


def test_the_solution_is_as_before_but_for_what_was_typed(released):
    before, after = normalise(read(OURS / f"{ONE}.ipynb")), released.solutions[ONE]
    changed = {cell.id: cell for cell, old in zip(after.cells, before.cells, strict=True) if cell != old}
    assert changed.keys() == {"how-to-work"}
    assert changed["how-to-work"].source.endswith(SENTENCE)


def test_the_release_shows_what_was_typed_and_no_solution(released):
    cells = {cell.id: cell for cell in released.released[ONE].cells}
    assert cells["how-to-work"].source.endswith(SENTENCE)
    assert "dots = ..." in cells["row-dot"].source
    assert "(a * b)" not in nbformat.writes(released.released[ONE])
    assert "SOLUTION" not in nbformat.writes(released.released[ONE])
    assert {name: nbformat.writes(notebook) for name, notebook in released.released.items() if name != ONE} == {
        path.stem: nbformat.writes(read(path))
        for path in (ROOT / "notebooks" / ASSIGNMENT).glob("*.ipynb")
        if path.stem != ONE
    }


# --- what students hand in, and its marks


def handed_in(course):
    """Return {student: {file name: notebook}}: Ada has all right, Ben a mistake; Zoë came halfway, and is hostile."""
    notebooks = {ADA: solved(course), BEN: solved(course, MEAN), ZOE: half_done(course)}
    first = hostile.with_hostile_cells(notebooks[ZOE][f"{ONE}.ipynb"])
    first.cells.append(nbformat.v4.new_markdown_cell(FORMULA, id="formula"))
    return notebooks


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The files that the platforms give: Moodle's grading worksheet, and Canvas's gradebook."""
    folder = tmp_path_factory.mktemp("given")
    worksheet, gradebook = StringIO(), StringIO()
    rows = csv.writer(worksheet)
    rows.writerow(["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Feedback comments"])
    for name, number in NUMBERS.items():
        rows.writerow([f"Participant {number}", name, f"{number}@x.org", "", f"{MOST}.00", ""])
    rows = csv.writer(gradebook)
    rows.writerow(["Student", "ID", "SIS Login ID", "Section", "Session 2 (7)"])
    rows.writerow(["    Points Possible", "", "", "", f"{MOST}.00"])
    for name, number in NUMBERS.items():
        rows.writerow([name, number + 100, f"{number}@x.org", "A", ""])
    for name, text in (("worksheet", worksheet), ("gradebook", gradebook)):
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="module")
def graded(isolation, released, given, run):
    """What the commands said that collected Moodle's download, an archive of archives, and marked what was in it."""
    folders = {}
    for student, notebooks in handed_in(released).items():
        files = {f"{ASSIGNMENT}/{name}": nbformat.writes(each).encode() for name, each in notebooks.items()}
        folders[f"{student}_{NUMBERS[student]}_assignsubmission_file/session.zip"] = zipped(files)
    (given / "download.zip").write_bytes(zipped(folders))
    course = released.root
    collected = run("grading.collect", given / "download.zip", "--roster", given / "worksheet.csv", cwd=course).stdout
    marked = run("grading", "submitted", "--course", ".", "--jobs", 1, cwd=course).stdout
    return SimpleNamespace(course=course, collected=collected, marked=marked)


def test_each_student_of_the_download_is_collected_and_marked(graded):
    assert "a download of Moodle's, 3 to collect" in graded.collected
    assert "Next: python -m grading submitted" in graded.collected
    found = re.findall(rf"^(\S.*?) +(\d+) of {POINTS}", graded.marked, re.MULTILINE)
    assert dict(found) == {ADA: str(POINTS), BEN: str(POINTS - worth(MEAN[0])), ZOE: str(worth(*half(Course())))}


def test_the_report_says_what_the_class_did(graded, browser):
    with our_page(browser, **PAGE) as page:
        page.goto((graded.course / "grades.html").as_uri())
        text = page.inner_text("body")
        assert f"3 students · median {POINTS - worth('classic-mf'):g}" in text
        assert "1 × the prediction has the right shape, but 4 of 4 values differ. You took the mean" in text
        assert violations(page) == []
        exercises = page.locator("figure:has(.bars)")
        picture("report", exercises, exercises.inner_text())


# --- Formgrader


@pytest.fixture(scope="module")
def lab(graded, browser, address):
    """JupyterLab with Formgrader open."""
    with instructor_lab(browser, address) as lab:
        lab.menu("Nbgrader", "Formgrader")
        yield lab


@pytest.fixture(scope="module")
def marked_by_hand(lab, graded):
    """The course after Ada's open question got points and a comment, typed with the keyboard alone."""
    lab.open_submission(ADA, FOUR)
    lab.keys("Shift+Tab")  # from the top of the page to its last field, the open question's comment
    with lab.page.expect_response("**/formgrader/api/comment/*"):
        lab.page.keyboard.type(COMMENT)
        lab.keys("Shift+Tab", "Shift+Tab")
    with lab.page.expect_response("**/formgrader/api/grade/*"):
        lab.page.keyboard.type(GIVEN)
        lab.keys("Escape")
    return graded.course


def test_points_and_a_comment_are_saved_and_shown(marked_by_hand, lab):
    found = by_hand(marked_by_hand, Course(marked_by_hand), ADA)
    assert found == {"which-model": (float(GIVEN), COMMENT, False, True)}
    lab.open_submission(ADA, FOUR)
    answer = lab.answer("which-model")
    lab.scrolled()
    expect(answer.locator("input.score")).to_have_value(GIVEN)
    expect(answer.locator("textarea")).to_have_value(COMMENT)
    picture("formgrader", answer, f"{answer.inner_text()} {GIVEN} {COMMENT}")


def test_the_list_says_who_is_still_to_be_marked(marked_by_hand, lab):
    lab.open_list(FOUR)
    waits = {}
    for row in lab.formgrader.locator("#main-table tr").all():
        waits[row.locator(".name-shown").last.inner_text()] = row.locator(".needs-manual-grade .glyphicon").count() == 1
    assert waits == {listed(ADA): False, listed(BEN): True, listed(ZOE): False}  # Zoë has not answered


def test_students_have_their_names_and_addresses(lab):
    lab.open_students()
    table = lab.formgrader.locator("#main-table").inner_text()
    for name, number in NUMBERS.items():
        assert re.search(rf"{re.escape(listed(name))}\s+{re.escape(name)}\s+{number}@x.org", table)
    assert "None" not in table


def test_checks_show_the_graders_verdicts_and_formulas_are_typeset(lab, released):
    lab.open_submission(BEN, TWO)
    points = {id: lab.answer(f"check-{id}").locator("input.score").get_attribute("placeholder") for id in CHECKED}
    assert points == {"classic-mf": "0", "koren-mf": "2", "koren-fit": "1"}
    assert "✗ Exercise 2.1: " in lab.formgrader.locator("body").inner_text()
    texts = [cell.source for cell in released.released[TWO].cells if cell.cell_type == "markdown"]
    formulas = re.findall(r"\$\$.+?\$\$", "\n".join(texts), re.DOTALL)
    assert len(formulas) >= 3
    expect(lab.formgrader.locator(".MathJax_Display")).to_have_count(len(formulas))


def test_nothing_of_a_students_runs(lab):
    lab.open_submission(ZOE, ONE)
    page = lab.formgrader.locator("html")
    expect(page.locator("summary", has_text="Honest")).to_be_visible()
    expect(page.locator(".MathJax").last).to_be_visible()  # the hostile formula
    for each in (page, lab.page.locator("html")):
        assert each.get_attribute("data-hostile") is None
    assert page.locator("a[href^='javascript' i]").count() == 0


# --- what students get, and what the platforms take


@pytest.fixture(scope="module")
def feedback(marked_by_hand, run):
    run("nbgrader", "generate_feedback", ASSIGNMENT, cwd=marked_by_hand)
    return marked_by_hand / "feedback"


def test_the_students_page_has_the_points_and_the_comment(feedback, browser):
    with our_page(browser, **PAGE) as page:
        page.goto((feedback / ADA / ASSIGNMENT / "feedback.html").as_uri())
        text = page.inner_text("main")
        assert f"{MOST - 0.5} of {MOST} points" in text
        assert COMMENT in text
        assert violations(page) == []


def test_the_marks_reach_moodles_worksheet_and_canvas_gradebook(marked_by_hand, given):
    moodle = exported(marked_by_hand, "moodle", "--worksheet", given / "worksheet.csv")
    assert {row["Full name"]: row["Grade"] for row in moodle} == {ADA: OF_ADA, BEN: "", ZOE: OF_ZOE}
    assert moodle[0]["Feedback comments"].endswith(f"<br>{escape(COMMENT)}")
    options = ["--gradebook", given / "gradebook.csv", "--assignment", "Session 2", "--by", "Student", "--unfinished"]
    canvas = exported(marked_by_hand, "canvas", *options)
    assert {row["Student"]: row["Session 2 (7)"] for row in canvas[1:]} == {ADA: OF_ADA, BEN: OF_BEN, ZOE: OF_ZOE}


def exported(course, platform, *options):
    """Return the rows of the file that the export to a platform wrote."""
    path = course / f"marks-{platform}.csv"
    assert export([platform, "--course", str(course), "--out", str(path), *map(str, options)]) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def picture(name, locator, text):
    """Take the picture `name` of a part of a page, or compare it."""
    keep_or_compare(name, Image.open(BytesIO(locator.screenshot())), re.sub(r"\s+", " ", text).strip())
