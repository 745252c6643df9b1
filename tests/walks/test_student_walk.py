"""A student's way through the session, walked in a browser: from the unpacked zip to the table at the notebook's end.

The pictures in docs/screenshots/ are taken on the way. Each says in its own description which text it shows, so that
one that has grown old is noticed. `make screenshots` writes them anew.
"""

import os
import re
import runpy
import shutil
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import TimeoutError, expect

from authoring.bundle import FOLDER, bundle
from authoring.notebooks import RELEASE, ROOT, SOLUTIONS, read, write
from helpers.data import load_data
from tests.kit.browser import a_page, chromium, jupyterlab, violations

PICTURES = ROOT / "docs" / "screenshots"
NEW_PICTURES = os.environ.get("SCREENSHOTS")  # the folder to write them to; if not set, they are compared
EXCUSED = [
    r"attachment:[a-z-]+\.png",  # JupyterLab asks the network for a picture before it looks into the notebook
]
WINDOW = {"viewport": {"width": 1160, "height": 1000}, "device_scale_factor": 2}
PROMPT = r"\[\d+\]: ?"  # how often cells were run before one is nobody's matter
INSTRUCTORS = re.compile("nbgrader|formgrader|assignment|course", re.IGNORECASE)
COMMANDS = """() => {
    const labels = [...document.querySelectorAll(".lm-CommandPalette-itemLabel")].map(label => label.textContent);
    return labels.length > 50 && labels;
}"""
SHOWN_BARS = """() => {
    window.bars = new Set();
    const note = () => document.querySelectorAll(".jp-OutputArea-output pre").forEach(
        output => (output.textContent.match(/epoch \\d+ of \\d+/) || []).forEach(bar => window.bars.add(bar)));
    new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """What a student has who has unpacked the zip."""
    place = tmp_path_factory.mktemp("student")
    bundle(place / "student.zip")
    ZipFile(place / "student.zip").extractall(place)
    return place / FOLDER


@pytest.fixture(scope="module")
def address(unpacked):
    """JupyterLab as the student's script starts it, with the packages at hand and the unpacked helpers."""
    command = runpy.run_path(str(unpacked / "start.py"))["lab_command"](sys.executable)
    with jupyterlab(unpacked, command=command, PYTHONPATH=f"{unpacked}{os.pathsep}{unpacked / 'helpers'}") as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def lab(browser, address):
    """JupyterLab in the browser, as it opens; in the end, nothing may have been complained of in its console."""
    with a_page(browser, EXCUSED, **WINDOW) as page:
        page.goto(address)
        yield Lab(page)


class Lab:
    """JupyterLab on a page: the notebook in front, read and worked on as a student does."""

    def __init__(self, page):
        self.page = page
        self.wait_for_kernel()

    @property
    def notebook(self):
        return self.page.locator(".jp-NotebookPanel:visible")

    def wait_for_kernel(self):
        """Wait until it is idle, and connected: before that, JupyterLab would ask which kernel is to run a cell."""
        self.notebook.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
        self.page.locator(".jp-StatusBar-TextItem", has_text="(ipykernel) | Idle").wait_for(timeout=60_000)

    def open(self, name):
        """Double-click a file in the file browser."""
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        self.page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name).first.wait_for()
        self.wait_for_kernel()

    def cell(self, text):
        """Return the first cell that shows `text`."""
        return self.notebook.locator(".jp-Cell", has_text=text).first

    def run(self, text):
        """Run the code cell that shows `text`; return what it puts out, once it has ended."""
        cell = self.cell(text)
        cell.locator(".cm-content").click()
        before = cell.locator(".jp-InputPrompt").inner_text()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            "([prompt, before]) => prompt.innerText != before && /\\d/.test(prompt.innerText)",
            arg=[cell.locator(".jp-InputPrompt").element_handle(), before],
            timeout=120_000,
        )
        return cell.locator(".jp-Cell-outputArea").inner_text()

    def replace_line(self, text, line):
        """Type `line` in the place of the line of code that contains `text`."""
        self.notebook.locator(".cm-line", has_text=text).first.click()
        self.page.keyboard.press("Home")
        self.page.keyboard.press("Shift+End")
        self.page.keyboard.type(line)

    def menu(self, menu, command):
        self.page.locator(".lm-MenuBar-item", has_text=menu).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(command, exact=True).click()

    def commands(self):
        """Return what the command palette lists. Where it loses the focus, it closes: then again."""
        for _ in range(5):
            self.menu("View", "Activate Command Palette")
            with suppress(TimeoutError):
                return self.page.wait_for_function(COMMANDS, timeout=6_000).json_value()
            self.page.keyboard.press("Escape")
        raise AssertionError("the command palette does not stay open")

    def picture(self, name, *texts):
        """Take the picture `name` of the cells that show `texts`, which stand one below the other."""
        self.notebook.locator(".jp-Cell").first.click()  # so that no cell of the picture is framed
        cells = [self.cell(text) for text in texts]
        cells[0].evaluate("cell => cell.scrollIntoView()")
        self.page.mouse.move(0, 0)
        top, bottom = cells[0].bounding_box(), cells[-1].bounding_box()
        clip = top | {"height": bottom["y"] + bottom["height"] - top["y"]}
        text = re.sub(r"\s+", " ", " ".join(cell.inner_text() for cell in cells)).strip()
        keep_or_compare(name, Image.open(BytesIO(self.page.screenshot(clip=clip))), text)


def keep_or_compare(name, image, text):
    """Write a picture with its text as its description; or hold that the one in docs/screenshots/ shows that text."""
    text = re.sub(PROMPT, "", text)
    if NEW_PICTURES:
        description = PngInfo()
        description.add_itxt("Description", text)
        path = Path(NEW_PICTURES) / f"{name}.png"
        image.convert("RGB").quantize(96).save(path, optimize=True, pnginfo=description)
    else:
        shown = re.sub(PROMPT, "", Image.open(PICTURES / f"{name}.png").text.get("Description", ""))
        assert shown == text, f"docs/screenshots/{name}.png no longer shows what students see: make screenshots"


def test_jupyterlab_opens_on_the_first_notebook_with_nothing_in_the_way(lab):
    assert lab.page.url.endswith("/lab/tree/01_reviews_to_batches.ipynb")
    expect(lab.cell("In this session")).to_contain_text("From reviews to batches")
    assert lab.page.locator(".jp-Dialog, .jp-Launcher, .Toastify__toast").count() == 0
    assert not INSTRUCTORS.search(lab.page.locator(".lm-MenuBar").first.inner_text())
    panels = lab.page.locator(".jp-SideBar .lm-TabBar-tab").evaluate_all("tabs => tabs.map(tab => tab.outerHTML)")
    assert any("File Browser" in panel for panel in panels)
    assert not [panel for panel in panels if INSTRUCTORS.search(panel)]
    assert not [command for command in lab.commands() if INSTRUCTORS.search(command)]


def hold_that_it_can_be_read(lab, name):
    """The texts of the notebook in front: each formula is typeset, and axe finds no barrier."""
    written = "".join(cell.source for cell in read(RELEASE / f"{name}.ipynb").cells)
    formulas = re.findall(r"\$\$.+?\$\$|\$.+?\$", written, re.DOTALL)
    assert len(formulas) > 3
    expect(lab.notebook.locator(".jp-MarkdownOutput mjx-container")).to_have_count(len(formulas))
    texts = "\n".join(lab.notebook.locator(".jp-MarkdownOutput").all_inner_texts())
    assert not re.search(r"\$|\\[a-z]+", texts)
    assert violations(lab.page, ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-MarkdownOutput") == []


def test_notebook_1_is_read_and_exercise_1_1_answered(lab):
    hold_that_it_can_be_read(lab, "01_reviews_to_batches")
    lab.run("import random")
    assert "torch.Size([2, 3])" in lab.run("table.shape, table.dtype")
    lab.run("def row_dot")
    assert "○ Exercise 1.1 is still to do: replace the `...` in `row_dot`." in lab.run("checks.row_dot(row_dot)")
    lab.picture("still-to-do", "def row_dot", "checks.row_dot(row_dot)")

    lab.replace_line("dots = ...", "dots = F.cosine_similarity(a, b)")
    lab.run("def row_dot")
    said = lab.run("checks.row_dot(row_dot)")
    assert "✗ Exercise 1.1: the result has the right shape, but 3 of 3 values differ." in said
    assert "That is the cosine of the two rows" in said
    assert "Traceback" not in said
    lab.picture("wrong-value", "def row_dot", "checks.row_dot(row_dot)")

    hint = lab.notebook.locator("details", has_text="Hint 2").first
    assert hint.inner_text() == "Hint 2"
    hint.locator("summary").click()
    assert "get rid of the latent dimension" in hint.inner_text()

    lab.replace_line("dots = F.cosine", "dots = (a * b).sum(dim=1)")
    lab.run("def row_dot")
    assert lab.run("checks.row_dot(row_dot)").strip() == "✓ Exercise 1.1: 1 point."
    lab.picture("right", "checks.row_dot(row_dot)")  # without the answer, for this is shown to students
    assert "✓ done" in lab.run("checks.summary(notebook=1)")

    lab.cell("path = find_reviews()").locator(".cm-content").click()
    lab.menu("Run", "Run Selected Cell and All Below")
    expect(lab.cell("labels = item_labels(data)").locator(".jp-OutputArea-output")).to_contain_text("reviews: ")
    lab.picture("titles", "labels = item_labels(data)")


@pytest.fixture(scope="module")
def notebook_2(unpacked):
    """Notebook 2 with its first two exercises answered right, the third wrong, the fourth not at all."""
    path = unpacked / "notebooks" / FOLDER / "02_matrix_factorization.ipynb"
    solved = {cell.id: cell.source for cell in read(SOLUTIONS / path.name).cells}
    answers = {
        "classic-mf": solved["classic-mf"],
        "train-epoch": solved["train-epoch"],
        "koren-mf": solved["koren-mf"].replace("self.gmean + umean + imean +", "self.gmean +"),
    }
    assert answers["koren-mf"] != solved["koren-mf"]
    notebook = read(path)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    write(notebook, path)
    return path.name


@pytest.mark.proof
def test_notebook_2_is_read_run_summed_up_and_validated(notebook_2, lab):
    lab.open(notebook_2)
    hold_that_it_can_be_read(lab, "02_matrix_factorization")
    training = "classic_history = fit("
    lab.cell(training).locator(".cm-content").click()
    lab.menu("Run", "Run All Above Selected Cell")
    lab.page.evaluate(SHOWN_BARS)
    assert re.fullmatch(r"ClassicMF, best epoch .*", lab.run(training).strip())
    assert len(lab.page.evaluate("[...window.bars]")) > 3, "the progress bar moved"

    lab.menu("Run", "Run Selected Cell and All Below")
    summary = lab.cell("checks.summary(notebook=2)")
    summary.locator("table").wait_for(timeout=120_000)

    curves = lab.cell("plotting.learning_curves").locator(".jp-OutputArea-output img")
    assert curves.evaluate("image => image.complete && image.naturalWidth") >= 800
    assert "ClassicMF" in curves.get_attribute("alt")

    rows = [re.sub(r"\s+", " ", row) for row in summary.locator("tr").all_inner_texts()]
    assert [re.search("[✓✗○]", row)[0] for row in rows[:4]] == ["✓", "✓", "✗", "○"]
    assert rows[4].strip() == "points so far 3 of 6"
    lab.picture("summary", "Where you stand", "checks.summary(notebook=2)")

    lab.notebook.locator(".validate-button").click()
    dialog = lab.page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=120_000)
    said = dialog.inner_text()
    assert "failed" not in said  # still to do is no failure
    assert "✗ Exercise 2.3" in said
    assert "○ Exercise 2.4 is still to do" in said
    dialog.get_by_role("button", name="Ok").click()


@pytest.mark.proof
def test_the_solved_notebook_shows_a_map_of_titles(unpacked, lab):
    """As the instructor's file keeps it: nothing is run."""
    name = "solved_2.ipynb"
    shutil.copy(SOLUTIONS / "02_matrix_factorization.ipynb", unpacked / "notebooks" / FOLDER / name)
    lab.open(name)
    drawn = lab.cell("plotting.item_map").locator(".jp-OutputArea-output img")
    drawn.scroll_into_view_if_needed()
    assert sum(title in drawn.get_attribute("alt") for title in load_data(quiet=True).titles) > 10
    lab.picture("map", "plotting.item_map")


@pytest.mark.proof
def test_the_walks_take_every_picture_there_is():
    walks = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    taken = set(re.findall(r'picture\("([a-z-]+)"', "".join(walks)))
    assert {path.stem for path in PICTURES.glob("*.png")} == taken
