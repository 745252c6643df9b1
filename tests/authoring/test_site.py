"""The reading copy: pages as a reader opens them, in a real browser, from files and from a server."""

import functools
import http.server
import re
import threading
from itertools import pairwise
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup

from authoring.notebooks import RELEASE, SOLUTIONS, read, solution_paths
from authoring.site import build, pages
from authoring.site.outputs import names, of_given_cells
from helpers.errors import PlainError
from tests.authoring.test_no_answers import GIVEN, in_one_form, parts_of
from tests.kit.answer_bank import EXERCISES
from tests.kit.browser import a_page, chromium, violations

pytestmark = pytest.mark.proof

NAMES = [path.stem for path in solution_paths()]
PAGES = ["index", *NAMES]
PHONE = {"width": 390, "height": 844}
FORMULA = re.compile(r"(\$\$?)(.+?)\1", re.DOTALL)
UNFOLD = "() => document.querySelectorAll('details').forEach(fold => fold.open = true)"
CUT_OFF = """() => {
    const reaches = tag => tag.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
    const scrolls = tag => ["auto", "scroll"].includes(getComputedStyle(tag).overflowX);
    const reachable = tag =>
        tag.tagName != "ARTICLE" && (scrolls(tag) && !reaches(tag) || reachable(tag.parentElement));
    return [...document.querySelectorAll("article *")].filter(tag => reaches(tag) && !reachable(tag))
        .map(tag => tag.outerHTML.slice(0, 100));
}"""
WORD = "overfitting"
MACHINERY = "checks.summary", "grade_id", "raises-exception", "attachment:", "Your answer"


@pytest.fixture(scope="module")
def site(tmp_path_factory, run):
    """The folder of the reading copy, made by the command."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = run("authoring", "site", folder)
    assert done.stderr == ""
    return folder


@pytest.fixture(scope="module")
def soups(site):
    """The pages' elements, by name."""
    return {name: BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser") for name in PAGES}


@pytest.fixture(scope="module")
def served(site):
    """The address of a plain web server with the pages."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and writes no log."""

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def given_markdown(name):
    return [cell.source for cell in read(RELEASE / f"{name}.ipynb").cells if cell.cell_type == "markdown"]


# --- what is on the pages


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_page_contains_an_answer(exercise, soups):
    texts = {name: in_one_form(soup.get_text()) for name, soup in soups.items()}
    found = {(part, name) for part in parts_of(exercise) for name, text in texts.items() if part in text}
    assert {(part, name) for part, name in found if part not in GIVEN} == set()


def test_an_answer_would_be_found(soups):
    assert all(f"class {model}(nn.Module):" in soups[NAMES[1]].get_text() for model in ("ClassicMF", "KorenMF"))
    assert any(part in in_one_form(soup.get_text()) for part in GIVEN for soup in soups.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_text_and_the_code_of_its_notebook_and_nothing_of_its_machinery(name, soups):
    text, cells = soups[name].article.get_text(), read(RELEASE / f"{name}.ipynb").cells
    shown = [cell for cell in cells if cell.cell_type == "code" and not cell.id.startswith(("check-", "summary"))]
    assert [cell.id for cell in shown if cell.source.strip() not in text] == []
    assert [word for word in MACHINERY if word in text] == []
    assert not re.search(r"^checks\.\w+\(", text, re.MULTILINE)
    exercises = [tag.get_text().split(":")[0] for tag in soups[name].select("p.exercise[id^=exercise]")]
    assert exercises == [found for text in given_markdown(name) for found in re.findall(r"\*\*(Exercise \S+):", text)]


def test_pages_have_one_title_headings_in_order_and_lead_to_each_other(soups):
    for name, soup in soups.items():
        levels = [int(tag.name[1]) for tag in soup.article.find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
    following = [soup.select_one("a.next-page")["href"] for soup in list(soups.values())[:-1]]
    assert following == [f"{name}.html" for name in NAMES]
    assert [link["href"] for link in soups["index"].select("article table a")] == following


def test_each_picture_is_told_in_words(soups):
    for name in NAMES:
        drawn = {
            cell.id: output.data["text/plain"]
            for cell in read(SOLUTIONS / f"{name}.ipynb").cells
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        }
        shown = {image["src"]: image["alt"] for image in soups[name].article.find_all("img")}
        assert shown == {f"_images/{name}-{cell}.png": alt for cell, alt in drawn.items()}
    assert not soups["index"].article.find_all("img")  # that of a right answer, in the README, shows one


def test_each_link_and_file_is_there(site, soups):
    for name, soup in soups.items():
        for tag in soup.find_all(href=True) + soup.find_all(src=True):
            address, anchor = urldefrag(tag.get("href") or tag.get("src"))
            if tag.name == "a" and address.startswith("https://"):
                continue
            target = site / unquote(urljoin(f"{name}.html", address.partition("?")[0]))
            assert target.is_file(), (name, tag)
            assert not anchor or soups[target.stem].find(id=anchor), (name, tag)


# --- what a cell gave


@pytest.mark.parametrize(
    ("code", "used", "changed"),
    [
        ("a = b + c", {"b", "c"}, {"a"}),
        ("a['x'].y = 1", {"a"}, {"a"}),
        ("def f(x):\n    return g(x)", {"g", "x"}, {"f"}),
        ("class A(B):\n    c = D", {"B", "D"}, {"A", "c"}),
        ("for n, (m, _) in k:\n    n += m", {"k", "m"}, {"n", "m", "_"}),
        ("import numpy as np\nfrom a import b", set(), {"np", "b"}),
    ],
)
def test_names_that_code_uses_and_changes(code, used, changed):
    assert names(code) == (used, changed)


def test_what_takes_an_answer_is_not_printed_and_its_pictures_are_folded(soups):
    for path in solution_paths():
        text = soups[path.stem].article.get_text()
        for name, (outputs, depends) in of_given_cells(read(RELEASE / path.name), read(path)).items():
            for output in outputs if name != "summary" else ():
                picture = soups[path.stem].find("img", src=f"_images/{path.stem}-{name}.png")
                if "image/png" in output.get("data", {}):
                    assert bool(picture.find_parent("details")) == depends, name
                else:
                    printed = output.get("text") or output.data["text/plain"]
                    assert (printed.strip() in text) != depends, name


def test_a_cell_that_calls_a_given_function_of_an_answer_depends_on_it():
    nb2 = RELEASE / f"{NAMES[1]}.ipynb"
    given = of_given_cells(read(nb2), read(SOLUTIONS / nb2.name))
    assert not given["floor-run"][1]
    assert given["curves-classic"][1]  # ClassicMF -> classic -> classic_history


# --- in a browser


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_pages_load_nothing_from_elsewhere(scheme, site, served, browser):
    start = site.as_uri() if scheme == "file" else served
    with a_page(browser) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for name in PAGES:
            page.goto(f"{start}/{name}.html")
            page.evaluate(UNFOLD)
            assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert any(url.endswith("formulas.woff") for url in asked)
        assert [url for url in asked if not url.startswith((start, "data:"))] == []


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_search_finds_a_word_and_leads_to_where_it_stands(scheme, site, served, browser):
    with a_page(browser) as page:
        page.goto(f"{site.as_uri() if scheme == 'file' else served}/index.html")
        page.get_by_placeholder("Search").first.fill(WORD)
        page.keyboard.press("Enter")
        found = page.locator("#search-results a")
        found.first.wait_for()
        pages_found = {urldefrag(link.get_attribute("href"))[0].partition("?")[0] for link in found.all()}
        assert f"{NAMES[1]}.html" in {address.rsplit("/", 1)[-1] for address in pages_found}
        found.first.click()
        page.wait_for_url(re.compile(r"/0\d_"))
        assert WORD in page.locator("article").inner_text()


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_set_and_none_is_left_as_it_was_typed(name, site, browser):
    formulas = [formula for source in given_markdown(name) for _, formula in FORMULA.findall(source)]
    with a_page(browser) as page:
        page.goto((site / f"{name}.html").as_uri())
        page.evaluate(UNFOLD)
        sizes = page.evaluate("[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)")
        assert len(sizes) == len(formulas) > 0
        assert min(sizes) > 5
        fonts = page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => [font.family, font.status]))")
        assert fonts == [["STIX Two Math", "loaded"]]
        prose = "\n".join(page.locator("article p, article li, article .formula").all_inner_texts())
        assert "$" not in prose
        assert not re.search(r"\\[a-zA-Z]", prose)


def test_pages_fit_a_phone(site, browser):
    with a_page(browser, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        for name in [*PAGES, "search"]:
            page.goto((site / f"{name}.html").as_uri())
            page.evaluate(UNFOLD)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
            assert page.evaluate(CUT_OFF) == [], name


def test_a_hint_is_folded_until_it_is_asked_for(site, browser):
    with a_page(browser, viewport=PHONE) as page:
        page.goto((site / f"{NAMES[0]}.html").as_uri())
        hint = page.locator("details", has_text="Start with the products")
        assert "Start with" not in hint.inner_text()
        hint.locator("summary").press("Enter")
        assert "Start with" in hint.inner_text()


@pytest.mark.parametrize(("colours", "names"), [("light", [*PAGES, "search"]), ("dark", [NAMES[1], "search"])])
def test_pages_are_accessible(colours, names, served, browser):
    with a_page(browser, color_scheme=colours, viewport=PHONE) as page:
        for name in names:
            page.goto(f"{served}/{name}.html")
            page.evaluate(UNFOLD)
            assert violations(page) == [], name


# --- what goes wrong is said


def test_a_link_a_picture_or_a_formula_that_leads_nowhere_ends_the_build(tmp_path, monkeypatch, capfd):
    (tmp_path / ".buildinfo").touch()
    (tmp_path / "index.html").write_text("the pages before", encoding="utf-8")

    def broken(folder):
        folder.mkdir()
        text = "# Title\n\n[link](nowhere.md) ![picture](nothing.png) $\\frac{1$\n"
        (folder / "index.md").write_text(text, encoding="utf-8")

    monkeypatch.setattr(build, "write_sources", broken)
    assert build.build(tmp_path) != 0
    told = capfd.readouterr().err
    assert all(word in told for word in ("nowhere.md", "nothing.png", "\\frac{1", "index.md:3"))
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "the pages before"


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(PlainError, match="other things"):
        build.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_picture_without_words_is_refused(tmp_path, monkeypatch):
    def silent(path):
        notebook = read(path)
        for output in [output for cell in notebook.cells for output in cell.get("outputs", ())]:
            output.get("data", {})["text/plain"] = "<Figure size 800x400 with 1 Axes>"
        return notebook

    monkeypatch.setattr(pages, "read", silent)
    with pytest.raises(PlainError, match="broadcasting-picture in 01_reviews_to_batches has no words"):
        pages.write_sources(tmp_path)
