"""What the browser tests stand on: a page's troubles are noticed, and so is what keeps people from reading it."""

import pytest

from tests.kit.browser import a_page, chromium, violations

pytestmark = pytest.mark.proof

GOOD = "<!doctype html><html lang='en'><title>Good</title><main><h1>Good</h1><img alt='a cat' src='{}'></main></html>"
CAT = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def test_a_good_page_is_in_order(browser):
    with a_page(browser) as page:
        page.set_content(GOOD.format(CAT))
        assert violations(page) == []


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("console.error('no!')", "no!"),
        ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
        ("new Image().src = 'http://127.0.0.1:9/cat.png'", "ERR_"),
        ("new Image().src = 'attachment:cat.png'", "attachment:cat.png"),
    ],
)
def test_a_page_in_trouble_fails_unless_it_is_excused(browser, script, trouble):
    def open_page(excused=()):
        with a_page(browser, excused) as page:
            page.set_content(GOOD.format(CAT))
            page.evaluate(script)
            page.wait_for_timeout(300)

    with pytest.raises(AssertionError, match=trouble):
        open_page()
    open_page([trouble])


def test_a_picture_without_alternative_text_is_a_violation(browser):
    with a_page(browser) as page:
        page.set_content(GOOD.format(CAT).replace("alt='a cat'", ""))
        [found] = violations(page)
        assert found.startswith("image-alt, ")
        assert violations(page, "h1") == []
