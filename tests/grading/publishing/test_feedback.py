"""Feedback: one page per student, safe to open."""

import re
import shutil
import subprocess
from itertools import pairwise

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grading.course import ASSIGNMENT
from grading.publishing.cleaning import clean, clean_markdown
from grading.publishing.feedback import write_feedback
from grading.publishing.gradebook import ByHand
from grading.texts import readable
from grading.verdicts import VERDICTS, Verdict
from tests.grading.publishing.test_gradebook import TO_DO, WRONG, handed_in, marks_of, with_release
from tests.kit import hostile
from tests.kit.totals import COUNT, MOST, POINTS

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def released(course):
    return with_release(course)


@pytest.fixture(scope="module")
def ada(released, tmp_path_factory):
    """The page of Ada, who has one exercise wrong and one to do."""
    folder = tmp_path_factory.mktemp("ada")
    marks = marks_of(released, "ada", classic_mf=WRONG, joint_step=TO_DO)
    manual = {"which-model": ByHand(1.5, "Well argued, Ada.\nAnd new users?", False, True)}
    path = write_feedback(folder, released, "ada", handed_in(released), marks, manual)
    assert path == folder / "feedback" / "ada" / ASSIGNMENT / "feedback.html"
    return path.read_text(encoding="utf-8")


def text_of(page):
    """Return what a reader sees of a page, without its pictures."""
    body = re.sub(r"(?s)<style>.*?</style>|data:image/png[^\"]*", "", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_says_whose_it_is_and_how_many_points(ada):
    assert "For ada" in text_of(ada)
    assert f"{MOST - 2.5} of {MOST} points" in text_of(ada)
    automatic = f"{POINTS - 2} of {POINTS} come from the exercises that are marked automatically"
    assert f"{automatic}: {COUNT - 2} of {COUNT} are right." in text_of(ada)


def test_the_table_names_each_exercise_with_its_verdict(ada):
    rows = [text_of(row) for row in re.findall(r"(?s)<tr>.*?</tr>", ada)]
    assert "Exercise 2.1: predict a rating ✗ not right yet 0 / 1" in rows
    assert "Exercise 2.3: add the biases ✓ right 2 / 2" in rows
    assert "Exercise 4.6: its step ○ still to do 0 / 1" in rows
    assert "Open question ✓ marked by a person 1.5 / 2" in rows


def test_the_message_of_the_check_and_the_students_answer_are_shown(ada):
    assert "✗ Exercise 2.1: right shape, but 4 of 4 values differ.\n  Is a &lt;b&gt;term&lt;/b&gt; missing?" in ada
    assert "KorenMF" in text_of(ada)
    assert "it needs no text, and $a&lt;b$." in ada


def test_the_persons_comment_is_shown(ada):
    assert "Well argued, Ada.\nAnd new users?" in ada


def test_the_students_own_pictures_are_shown(ada):
    assert ada.count('<img src="data:image/png;base64,') >= 3
    assert ada.count("<img") == ada.count(' alt="Picture')


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_has_its_words(verdict, released, tmp_path):
    marks = marks_of(released, "ada", koren_mf=Verdict(verdict, "What the check says."))
    page = write_feedback(tmp_path, released, "ada", handed_in(released), marks).read_text(encoding="utf-8")
    section = text_of(page[page.index('<h3 id="koren-mf">') : page.index('<h3 id="koren-fit">')])
    points = {"ok": "2 of 2 points", "grader_error": "– of 2 points"}.get(verdict, "0 of 2 points")
    assert points in section
    assert ("What the check says." in section) == (verdict not in ("ok", "grader_error"))
    assert ("The fault is ours" in section) == (verdict == "grader_error")


def test_the_open_question_waits_for_a_person_or_was_left_empty(released, tmp_path):
    marks = marks_of(released, "ada")
    page = write_feedback(tmp_path, released, "ada", handed_in(released), marks).read_text(encoding="utf-8")
    assert f"{POINTS} of {MOST} points , and 2 still to be given by a person" in text_of(page)
    assert f"all {COUNT} are right. Well done!" in text_of(page)
    untouched = handed_in(released, released.exercises["which-model"].stub)
    page = write_feedback(tmp_path, released, "ada", untouched, marks).read_text(encoding="utf-8")
    assert "Open question: 0 of 2 points, no answer." in text_of(page)


def test_a_notebook_that_was_not_handed_in_is_said_to_be_missing(released, tmp_path):
    missing = Verdict("missing", "○ Notebook 1 was not handed in.")
    notebooks = handed_in(released)
    del notebooks["01_reviews_to_batches"]
    marks = marks_of(released, "ada", row_dot=missing)
    page = write_feedback(tmp_path, released, "ada", notebooks, marks).read_text(encoding="utf-8")
    assert "we have no file that we could read" in text_of(page)
    assert "○ Notebook 1 was not handed in." in page


def test_neither_solution_nor_untouched_stub_is_on_the_page(released, tmp_path):
    """An exercise that is still to do shows no answer, be it ours or the student's."""
    notebooks = {name: notebook.copy() for name, notebook in released.released.items()}
    todo = {id.replace("-", "_"): TO_DO for id in released.automatic}
    page = write_feedback(tmp_path, released, "ada", notebooks, marks_of(released, "ada", **todo)).read_text("utf-8")
    assert f"none of the {COUNT} is right yet" in text_of(page)
    assert "Your answer" not in page
    assert "BEGIN SOLUTION" not in page


def test_equal_marks_make_equal_pages(ada, released, tmp_path):
    marks = marks_of(released, "ada", classic_mf=WRONG, joint_step=TO_DO)
    manual = {"which-model": ByHand(1.5, "Well argued, Ada.\nAnd new users?", False, True)}
    path = write_feedback(tmp_path, released, "ada", handed_in(released), marks, manual)
    assert path.read_text(encoding="utf-8") == ada


def test_headings_come_in_order_and_the_language_is_said(ada):
    levels = [int(level) for level in re.findall(r"<h(\d)", ada)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert '<html lang="en">' in ada


def test_links_inside_the_page_lead_somewhere(ada):
    ids = re.findall(r' id="([^"]+)"', ada)
    assert len(ids) == len(set(ids)) == COUNT + 1
    assert set(re.findall(r'href="#([^"]+)"', ada)) == set(ids)
    assert re.findall(r'href="(?!#)', ada) == []


def test_colours_are_readable(ada):
    """Contrast of at least 4.5 (WCAG AA) on white and on the grey of code."""
    colours = set(re.findall(r"(?:--(?:ink|soft|right|wrong|open|waits): |[^-]color: )(#[0-9a-f]{6})", ada))
    assert len(colours) >= 8
    assert min(contrast(colour, ground) for colour in colours for ground in ("#ffffff", "#f6f8fa")) >= 4.5


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.proof
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
def test_the_page_fits_a_phone(ada, tmp_path):
    """Nothing is wider than the window: a page that a script, not ours, measures."""
    probe = "<script>onload = () => document.title = document.documentElement.scrollWidth + ' wide'</script>"
    policy = re.search(r"<meta http-equiv[^>]*>", ada)[0]
    (tmp_path / "page.html").write_text(ada.replace(policy, probe), encoding="utf-8")
    page = dumped(f"file://{tmp_path}/page.html", "--window-size=500,900")
    assert int(re.search(r"<title>(\d+) wide", page)[1]) <= 500


def dumped(url, *options):
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", *options, url]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


# What a student's notebook may try


def test_a_clean_notebook_is_a_valid_one(released):
    for name, notebook in handed_in(released).items():
        result = clean(hostile.with_hostile_cells(notebook), released.released[name])
        nbformat.validate(result)
        assert result.metadata == released.released[name].metadata


def test_what_is_released_stays_as_it_is(released):
    """The session's own text, formulas, hints and expected pictures are the same after cleaning."""
    for name, notebook in released.released.items():
        assert clean(notebook, notebook).cells == notebook.cells, name


def test_students_cannot_change_what_a_cell_is_worth(released):
    notebook = handed_in(released)["01_reviews_to_batches"]
    for cell in notebook.cells:
        if cell.id == "check-row-dot":
            cell.metadata.nbgrader.points, cell.source = 100, "pass"
        if cell.id == "row-dot":
            cell.metadata.nbgrader = {"grade": True, "points": 50, "grade_id": "more", "solution": True}
    result = {cell.id: cell for cell in clean(notebook, released.released["01_reviews_to_batches"]).cells}
    given = {cell.id: cell for cell in released.released["01_reviews_to_batches"].cells}
    for id in ("row-dot", "check-row-dot"):
        assert result[id].metadata == given[id].metadata
    assert result["check-row-dot"].source == given["check-row-dot"].source


def test_text_that_is_not_unicode_or_too_long_is_mended(released):
    notebook = handed_in(released)["01_reviews_to_batches"]
    notebook.cells[0].source = "half a pair \ud83d, a null \x00, and much more " + "x" * 200_000
    cell = nbformat.v4.new_code_cell("print()", id="long")
    cell.outputs = [nbformat.v4.new_output("stream", text="  1%\r 50%\r100%\n" + "line\n" * 100_000)] * 100
    notebook.cells.append(cell)
    result = clean(notebook, released.released["01_reviews_to_batches"])
    assert result.cells[0].source.startswith("half a pair ?, a null , and much more xxx")
    assert len(nbformat.writes(result).encode("utf-8")) < 4_000_000
    assert result.cells[-1].outputs[0].text.startswith("100%\nline\n")


def test_pictures_are_png_of_a_bearable_size(released):
    notebook = handed_in(released)["01_reviews_to_batches"]
    huge = "iVBORw0KGgoAAAANSUhEUgAAw1AAAMNQCAQAAAC1HAwC"  # 50,000 x 50,000 pixels, says its head
    cell = nbformat.v4.new_code_cell("draw()", id="drawn")
    for png in (hostile.DOT, huge, "A" * 2_000_000, hostile.DOT[8:], "R0lGODlhAQABAAAAACw="):
        cell.outputs.append(nbformat.v4.new_output("display_data", data={"image/png": png}))
    notebook.cells.append(cell)
    result = clean(notebook, released.released["01_reviews_to_batches"])
    assert [output.data.get("image/png") for output in result.cells[-1].outputs] == [hostile.DOT] + [None] * 4


def test_the_page_says_what_became_of_the_students_files(released, tmp_path):
    notes = ["ada/work.rar is an archive that is not read: only zip, tar and tar.gz are.", "<b>a</b>.ipynb is a link."]
    marks = marks_of(released, "ada")
    page = write_feedback(tmp_path, released, "ada", handed_in(released), marks, {}, notes).read_text(encoding="utf-8")
    assert "<h2>Your files</h2>" in page
    assert f"<li>{notes[0]}</li>" in page
    assert "&lt;b&gt;a&lt;/b&gt;.ipynb is a link." in page
    plain = write_feedback(tmp_path, released, "ada", handed_in(released), marks).read_text(encoding="utf-8")
    assert "Your files" not in plain


@pytest.mark.parametrize(
    "source",
    [
        "!!![x](http://a.b/c.png)",
        "!![x](http://a.b/c.png)",
        "!" * 9 + "[x][r]\n\n[r]: http://a.b/c.png",
        "!![![x](http://a.b/c.png)](http://a.b/c.png)",
        "![x\n](http://a.b/c.png)",
        "![](<http://a.b/c.png>)",
        "!!\\[x](http://a.b/c.png)",
        "![a](attachment:dot.png)![x](http://a.b/c.png)",
        "![ ![a](attachment:dot.png) ](http://a.b/c.png)",
        "![ ![x](http://a.b/c.png) ](attachment:dot.png)",
        "<img src='http://a.b/c.png'>",
        "<!-- --><img\nsrc=http://a.b/c.png>",
        "!\u200b\ufeff[x](http://a.b/c.png)",
        "!&#91;x](http://a.b/c.png)",
        "- !!![x](http://a.b/c.png)\n> !!![x](http://a.b/c.png)",
    ],
)
def test_cleaned_markdown_shows_no_picture_from_elsewhere(source):
    """Also where nobody cleans it again: in JupyterLab, in the recorded notebook."""
    pictures = {"dot.png": {"image/png": "aGVsbG8="}}
    cleaned = clean_markdown(readable(source), pictures)
    renderer = IPythonRenderer(escape=False, attachments=pictures)
    html = MarkdownWithMath(renderer=renderer).render(cleaned)
    loaded = [tag.get("src") for tag in BeautifulSoup(html, "html.parser")("img")]
    assert not [address for address in loaded if not address.startswith("data:image/png")]
