"""The page about a class in a browser: for 12, 40 and 400 students, by day, by night and on paper.

Its pictures in docs/screenshots/ are taken here, as those of the walks are.
"""

from io import BytesIO

import pytest
from PIL import Image

from grading.publishing.report import write_report
from tests.kit.browser import a_page, chromium, violations
from tests.walks.test_student_walk import keep_or_compare
from tools.made_up_class import MadeUp

pytestmark = pytest.mark.proof

SIZES = (12, 40, 400)
WINDOW = {"viewport": {"width": 1100, "height": 900}, "device_scale_factor": 1.5}
PAPER = {"viewport": {"width": 688, "height": 1000}}  # what A4 leaves between its margins


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """{students: the address of the page about such a class}."""
    folder = tmp_path_factory.mktemp("classes")
    made = {size: MadeUp(folder / str(size), size).summary() for size in SIZES}
    return {size: write_report(folder / f"{size}.html", told).as_uri() for size, told in made.items()}


def column(page, name):
    """Return the texts of a column of the table of students, from top to bottom."""
    heads = page.locator("#students thead th").all_inner_texts()
    place = next(n for n, head in enumerate(heads) if head.split()[0] == name)
    return page.locator(f"#students tbody tr > :nth-child({place + 1})").all_inner_texts()


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_by_day_and_by_night(browser, pages, size, scheme):
    with a_page(browser, color_scheme=scheme, **WINDOW) as page:
        page.goto(pages[size])
        assert len(column(page, "student")) == size
        assert too_wide(page) == 0
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
        page.locator("details").evaluate_all(
            "all => all.forEach(each => each.open = each.querySelector('pre') !== null)"
        )
        assert violations(page, None if size < 400 else "main > :not(#students)") == []


def test_the_table_is_sorted_by_a_click_on_any_head(browser, pages):
    with a_page(browser, **WINDOW) as page:
        page.goto(pages[40])
        names = column(page, "student")
        assert names == sorted(names)
        head = page.locator("#students thead th", has_text="points")
        head.get_by_role("button").click()
        points = [float(text) for text in column(page, "points")]
        assert points == sorted(points)
        assert head.get_attribute("aria-sort") == "ascending"
        page.keyboard.press("Enter")  # the button has the focus
        assert [float(text) for text in column(page, "points")] == points[::-1]
        assert head.get_attribute("aria-sort") == "descending"
        page.locator("#students thead th", has_text="1.1").get_by_role("button").click()
        assert column(page, "1.1")[0] != "1"
        assert column(page, "1.1")[-1] == "1"
        page.locator("#students thead th", has_text="student").get_by_role("button").click()
        assert column(page, "student") == names


def test_without_script_the_table_stands_there_all_the_same(browser, pages):
    with a_page(browser, java_script_enabled=False, **WINDOW) as page:
        page.goto(pages[40])
        assert len(column(page, "student")) == 40
        assert page.locator("#students button").count() == 0


@pytest.mark.parametrize("size", SIZES)
def test_on_paper_it_is_light_and_no_wider_than_the_paper(browser, pages, size):
    with a_page(browser, color_scheme="dark", **PAPER) as page:
        page.emulate_media(media="print")
        page.goto(pages[size])
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("#students table").evaluate("table => table.getBoundingClientRect().right") <= 688
        assert too_wide(page) == 0
        assert page.locator("summary", has_text="student").first.is_visible()


def test_pictures_for_instructors(browser, pages):
    with a_page(browser, **WINDOW) as page:
        page.goto(pages[40])
        mistakes = page.locator("tbody", has_text="2.1: predict a rating").locator("details")
        mistakes.locator("summary").click()
        mistake = mistakes.locator("li").first
        assert mistake.locator(".answers pre").count() > 1
        picture("mistake", mistake)
        page.locator("#students thead th", has_text="points").get_by_role("button").click()
        page.locator("#students tbody tr:nth-child(n+13)").evaluate_all("rows => rows.forEach(row => row.remove())")
        picture("students", page.locator(".wide"))


def picture(name, locator):
    """Take the picture `name` of a part of the page, or compare its text."""
    keep_or_compare(name, Image.open(BytesIO(locator.screenshot())), " ".join(locator.inner_text().split()))
