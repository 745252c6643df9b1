"""What one reads who does not see the figures, or not their colours; pages are looked at by axe, in a real browser."""

import re
from html import unescape
from itertools import combinations, pairwise

import matplotlib
import numpy as np
import pytest
from tests.kit.browser import a_page, chromium, jupyterlab, violations
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from authoring.notebooks import RELEASE, execute, read, solution_paths, write
from helpers.plotting import style
from helpers.plotting.tensors import CELLS

pytestmark = pytest.mark.proof

PATHS = [*solution_paths(), *sorted(RELEASE.glob("[0-9]*.ipynb"))]
NOTEBOOKS = [pytest.param(path, id=f"{path.parts[-3]}/{path.stem}") for path in PATHS]
SOLUTIONS = [pytest.param(path, id=path.stem) for path in solution_paths()]
VISION = ["deuteranomaly", "protanomaly", "tritanomaly"]
APART = 10  # a distance of 1 can just be noticed when two colours lie side by side
CELLS_OF_VERDICTS = [  # after them, each verdict has been shown, as a line and in the table
    "import torch\nfrom exercises import checks\nfrom helpers import plotting, session\nsession.start()",
    "plotting.ratings([5, 5, 4, 1])",
    "checks.row_dot(lambda a, b: (a * b).sum(dim=1))",
    "checks.classic_mf(4)",
    "checks.loss_func(lambda close, far: ...)",
    *(f"checks.summary(notebook={notebook})" for notebook in (1, 2, 4)),
]
JUPYTERS_OWN = [[".jp-InputPrompt"], [".jp-OutputPrompt"], [".jp-CodeMirrorEditor"]]  # colours that are not ours
LOADED = (r"https://", r"ERR_")  # by nbconvert's pages, for formulas
EMPTY_WORDS = {"here", "this", "link", "click here", "more", "this link"}


# --- text in place of pictures


def figures(path):
    """Return the displays of a notebook that hold a picture, by the id of their cell."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    return {cell.id: output.data for cell in cells for output in cell.outputs if "image/png" in output.get("data", {})}


@pytest.mark.parametrize("path", SOLUTIONS)
def test_each_figure_says_in_words_what_it_shows(path):
    texts = [data["text/plain"] for data in figures(path).values()]
    assert texts
    for text in texts:
        assert re.match(r"[A-Z].{60,1000}\.$", text), "a sentence or a few"
        assert len(re.findall(r"\d", text)) >= 4, "with the numbers that the figure is about"
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("path", SOLUTIONS)
def test_each_figure_is_html_with_its_text_beside_the_same_picture(path):
    for data in figures(path).values():
        [(source, alt)] = re.findall(r'^<img src="([^"]*)" alt="([^"]*)">$', data["text/html"])
        assert source == f"data:image/png;base64,{data['image/png']}"
        assert unescape(alt) == data["text/plain"]


@pytest.mark.parametrize("path", SOLUTIONS)
def test_nbval_leaves_out_the_cells_of_figures(path):
    """It compares HTML, and no two machines draw a picture that is the same to the last bit."""
    tagged = {cell.id for cell in read(path).cells if "nbval-ignore-output" in cell.metadata.get("tags", [])}
    assert figures(path).keys() <= tagged, "give the cell the tag nbval-ignore-output"


# --- the order of a page


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_headings_go_down_one_level_at_a_time_from_the_only_title(path):
    prose = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    levels = [len(marks) for source in prose for marks in re.findall(r"^(#+) ", source, flags=re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_links_and_pictures_say_what_they_are(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for text in re.findall(r"\[([^\]]*)\]\([^)]+\)", prose):
        assert len(text) > 3
        assert text.lower() not in EMPTY_WORDS


# --- colours


def seen_by(colour, vision):
    """Return a colour as someone with this vision sees it; None: all three kinds of cones."""
    if vision is None:
        return np.array(to_rgb(colour))
    blind = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
    return np.clip(cspace_convert(to_rgb(colour), blind, "sRGB1"), 0, 1)


def nearest(colours, vision):
    """Return the distance of the two colours that are hardest to tell apart, and which they are."""
    pairs = combinations(colours, 2)
    return min((float(deltaE(*(seen_by(colour, vision) for colour in pair))), pair) for pair in pairs)


@pytest.mark.parametrize("vision", [None, *VISION])
@pytest.mark.parametrize("colours", [(*style.COLOURS, style.GREY), tuple(CELLS.values())], ids=["lines", "cells"])
def test_no_kind_of_colour_blindness_makes_two_colours_one(colours, vision):
    distance, pair = nearest(colours, vision)
    assert distance > APART, pair


@pytest.mark.parametrize("vision", VISION)
def test_colours_that_someone_confuses_would_be_found(vision):
    """Matplotlib's own are far apart for most, and two of them the same for some."""
    colours = matplotlib.rcParamsDefault["axes.prop_cycle"].by_key()["color"]
    distance, pair = nearest(colours, vision)
    assert distance < APART < 2 * APART < nearest(pair, None)[0]


def test_no_line_is_told_by_its_colour_alone():
    assert len(set(style.MARKERS)) == len(style.MARKERS) == len(style.COLOURS)


# --- pages, in both themes


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def verdicts(clean_environment):
    """A notebook with a figure, verdicts of each kind and tables of them, executed."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS_OF_VERDICTS])
    return execute(notebook, env=clean_environment, allow_errors=True)


def exported(notebook, theme, folder):
    """Return the address of a notebook as an HTML page."""
    html, _ = HTMLExporter(theme=theme).from_notebook_node(notebook)
    page = folder / "notebook.html"
    page.write_text(html, encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("path", SOLUTIONS)
def test_axe_finds_nothing_on_the_page_of_a_solution(browser, path, tmp_path):
    with a_page(browser, excused=LOADED) as page:
        page.goto(exported(read(path), "light", tmp_path))
        assert violations(page, {"exclude": JUPYTERS_OWN}) == []
        alts = page.eval_on_selector_all("img", "images => images.map(image => image.alt)")
        assert alts == [data["text/plain"] for data in figures(path).values()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_verdicts_can_be_read_on_the_page(browser, verdicts, theme, tmp_path):
    with a_page(browser, excused=LOADED) as page:
        page.goto(exported(verdicts, theme, tmp_path))
        assert {"✓", "✗", "○"} <= set(page.inner_text("body"))
        assert violations(page, {"exclude": JUPYTERS_OWN}) == []


def test_in_jupyterlab_figures_have_their_text_and_verdicts_can_be_read(browser, verdicts, tmp_path):
    """Not trusted, as a notebook is that comes from elsewhere: JupyterLab cleans its HTML before it shows it."""
    path = tmp_path / "verdicts.ipynb"
    write(verdicts, path)
    [figure] = figures(path).values()
    with jupyterlab(tmp_path, "--LabApp.expose_app_in_browser=True") as address, a_page(browser) as page:
        page.goto(address.replace("/?", "/doc/tree/verdicts.ipynb?"))
        image = page.locator(".jp-OutputArea img")
        image.wait_for()
        assert image.get_attribute("alt") == figure["text/plain"]
        for theme in ("JupyterLab Light", "JupyterLab Dark"):
            page.evaluate("theme => void jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
            assert violations(page, {"include": [[".jp-OutputArea-output"]]}) == []
