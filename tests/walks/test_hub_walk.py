"""A class on a JupyterHub, walked in a browser: docs/hub.md is followed, from the first command to the last page.

Two students and an instructor have accounts on a machine of its own, which is gone afterwards. Each step is a fixture,
and goes on where the one before it ended.
"""

import re
import subprocess
from contextlib import contextmanager
from io import BytesIO
from time import sleep
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import expect

from authoring.notebooks import ROOT
from grading.course import ASSIGNMENT, Course
from tests.kit import isolation
from tests.kit.browser import SECONDS, a_page, chromium
from tests.kit.machine import machine
from tests.kit.totals import POINTS, worth
from tests.walks.test_instructor_walk import FOUR, ONE, InstructorLab
from tests.walks.test_student_walk import keep_or_compare

pytestmark = pytest.mark.proof

PAGE = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- (\w+): (.+?) -->\n```\w+\n(.*?)\n```", re.DOTALL)
HUB = "http://127.0.0.1:8000"
ADA, BEN, LEA = "ada", "ben", "lea"
PASSWORD = "a word that nobody guesses"
COMMENT = "Well argued."
GIVEN = "1.5"
WINDOW = {"viewport": {"width": 1160, "height": 900}, "device_scale_factor": 2}
RIGHT = "dots = (a * b).sum(dim=1)"


def blocks(heading):
    """Return what a part of the page says to type, to write into a file or to start: [(kind, for whom, text)]."""
    [part] = re.findall(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    found = BLOCK.findall(part)
    assert len(found) == part.count("<!-- "), "the test knows what to do with each block"
    return found


def follow(computer, heading):
    """Do what a part of the page says, but for starting servers; return what the commands said."""
    said = ""
    for kind, whom, text in blocks(heading):
        if kind == "environment":
            computer.python_environment(text.split()[-1], whom)
        elif kind == "file":
            path, owner = whom.split(", ")
            computer.write(path, text, owner)
        elif kind == "typed":
            said += computer.run(f"set -e\n{text}", whom).stdout
    return said


# --- the hub


@pytest.fixture(scope="module")
def computer():
    with machine() as computer:
        computer.write("/etc/pip.conf", "[global]\nno-index = true\nno-build-isolation = false")  # it has no network
        yield computer


@pytest.fixture(scope="module")
def installed(computer):
    """The machine after Install and Configure, with accounts for two students."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    computer.copy([name for name in names if (ROOT / name).is_file()], f"/srv/{ASSIGNMENT}")
    follow(computer, "Install")
    follow(computer, "Configure")
    computer.run("chpasswd", said="".join(f"{name}:{PASSWORD}\n" for name in (ADA, BEN, LEA)))
    return computer


@pytest.fixture(scope="module")
def hub(installed, tmp_path_factory):
    """The machine with the hub running, and the session given out."""
    [(_, _, command)] = [block for block in blocks("Start it, and give out the session") if block[0] == "server"]
    log = tmp_path_factory.mktemp("hub") / "log"
    with log.open("w") as file:
        server = subprocess.Popen([*installed.enter, "bash", "-c", command], cwd="/", env=installed.environment,
                                  stdin=subprocess.DEVNULL, stdout=file, stderr=file)  # fmt: skip
        for _ in range(SECONDS):
            assert server.poll() is None, log.read_text()
            if "JupyterHub is now running" in log.read_text():
                break
            sleep(1)
        follow(installed, "Start it, and give out the session")
        yield installed
        server.terminate()
        server.wait(60)
    print(log.read_text()[-5000:])


@pytest.fixture(scope="module")
def browser(hub, tmp_path_factory):
    with chromium(hub.browser(tmp_path_factory.mktemp("browser"))) as browser:
        yield browser


@contextmanager
def logged_in(browser, name):
    """Yield JupyterLab of somebody who has logged in to the hub."""
    with a_page(browser, **WINDOW) as page:
        page.goto(f"{HUB}/hub/login")
        page.locator("#username_input").fill(name)
        page.locator("#password_input").fill(PASSWORD)
        page.locator("#login_submit").click()
        page.wait_for_url(f"**/user/{name}/lab**", timeout=SECONDS * 1000)
        page.locator(".jp-DirListing-content").wait_for(timeout=SECONDS * 1000)
        yield HubLab(page)


class HubLab(InstructorLab):
    """JupyterLab on a hub, with the list of assignments."""

    def list(self, kind):
        """Return a part of the list of assignments: released, fetched or submitted."""
        if self.page.locator("#nbgrader-assignment-list:visible").count() == 0:
            self.menu("Nbgrader", "Assignment List")
        return self.page.locator(f"#{kind}_assignments_list")

    def press(self, kind, button):
        """Press a button of the list of assignments, and wait until it has done what it says."""
        pressed = self.list(kind).get_by_role("button", name=button, exact=True)
        with self.page.expect_response(
            re.compile("/assignments/(fetch|submit|fetch_feedback)"), timeout=120_000
        ) as answer:
            pressed.click()
        assert answer.value.json()["success"], answer.value.text()


# --- students


@pytest.fixture(scope="module")
def ada(hub, browser):
    """JupyterLab of a student who has logged in."""
    with logged_in(browser, ADA) as lab:
        yield lab


@pytest.fixture(scope="module")
def fetched(ada):
    ada.press("released", "Fetch")
    expect(ada.list("fetched")).to_contain_text(ASSIGNMENT)
    return ada


def test_a_student_has_no_panel_of_the_instructors(ada):
    commands = " ".join(ada.commands())
    assert "Assignment List" in commands
    assert not re.search("Formgrader|Create Assignment|Course List", commands)


@pytest.fixture(scope="module")
def solved(fetched):
    """The student after she has solved the first exercise, in a notebook that says so."""
    fetched.enter(ASSIGNMENT)
    fetched.open(ONE)
    fetched.run("import random")
    fetched.replace_line("dots = ...", RIGHT)
    fetched.run("def row_dot")
    said = fetched.run("checks.row_dot(row_dot)")
    fetched.save()
    return SimpleNamespace(lab=fetched, said=said)


def test_the_check_answers_and_the_data_come_from_the_package(solved, hub):
    assert solved.said.strip() == "✓ Exercise 1.1: 1 point."
    solved.lab.cell("path = find_reviews()").locator(".cm-content").click()
    solved.lab.menu("Run", "Run Selected Cell and All Below")
    loaded = solved.lab.cell("data = load_data(fold=0)").locator(".jp-Cell-outputArea")
    expect(loaded).to_contain_text("(helpers/dataset/generated/reviews.json.gz)")
    assert hub.run(f"ls ~{ADA}/.local/share/{ASSIGNMENT}").stdout == "reviews.json.gz.encoded.npz\n"


def test_validate_says_what_is_still_to_do(solved):
    solved.lab.notebook.locator(".validate-button").click()
    dialog = solved.lab.page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=SECONDS * 1000)
    said = dialog.inner_text()
    assert "○ Exercise 1.2 is still to do" in said
    assert "Exercise 1.1" not in said
    dialog.get_by_role("button", name="Ok").click()


@pytest.fixture(scope="module")
def submitted(solved, hub):
    """The exchange after one student submitted twice, and another once, by command."""
    hub.run(f"mkdir work && cd work && /opt/{ASSIGNMENT}/bin/nbgrader fetch_assignment {ASSIGNMENT}", BEN)
    hub.run(f"cd work && /opt/{ASSIGNMENT}/bin/nbgrader submit {ASSIGNMENT}", BEN)
    for _ in range(2):
        solved.lab.press("fetched", "Submit")
    expect(solved.lab.list("submitted")).to_contain_text(ASSIGNMENT)
    return hub


def test_the_list_shows_both_submissions(submitted, ada):
    times = ada.list("submitted").locator(".nested_list_item")
    expect(times).to_have_count(2)
    whole = ada.page.locator("#assignments .panel-group").first
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+", "TIME", whole.inner_text())
    picture("assignment-list", whole, text)


@pytest.mark.parametrize(
    "command",
    [
        f"ls /srv/{ASSIGNMENT}",
        f"cat /srv/{ASSIGNMENT}/solutions/{ASSIGNMENT}/{ONE}.ipynb",
        f"ls /srv/exchange/{ASSIGNMENT}/inbound",
        "ls /srv/jupyterhub",
        f"ls ~{ADA}",
    ],
)
def test_a_student_cannot_read_what_is_not_theirs(submitted, command):
    done = submitted.run(command, BEN, check=False)
    assert done.returncode != 0
    assert "Permission denied" in done.stdout


def test_students_packages_hold_no_grader_and_cannot_be_changed(submitted):
    for module in ("grading", "authoring", "solutions"):
        done = submitted.run(f"/opt/{ASSIGNMENT}/bin/python -c 'import {module}'", BEN, check=False)
        assert "ModuleNotFoundError" in done.stdout
    assert submitted.run(f"find /opt/{ASSIGNMENT} /etc/jupyter -writable -not -type l", BEN).stdout == ""


# --- the instructor


@pytest.fixture(scope="module")
def graded(submitted):
    isolation.needed()
    _, whom, text = blocks("Grade")[0]
    return SimpleNamespace(hub=submitted, said=submitted.run(f"set -e\n{text}", whom).stdout)


def test_each_student_is_collected_once_and_marked(graded):
    assert "nbgrader's exchange, 2 to collect" in graded.said
    found = re.findall(rf"^(\S+) +(\d+) of {POINTS}", graded.said, re.MULTILINE)
    assert dict(found) == {ADA: f"{worth('row-dot'):g}", BEN: "0"}


@pytest.fixture(scope="module")
def marked_by_hand(graded, browser):
    """The gradebook after the instructor gave points and a comment in Formgrader."""
    with logged_in(browser, LEA) as lab:
        lab.menu("Nbgrader", "Formgrader")
        lab.open_submission(ADA, FOUR)
        lab.keys("Shift+Tab")
        with lab.page.expect_response("**/formgrader/api/comment/*"):
            lab.page.keyboard.type(COMMENT)
            lab.keys("Shift+Tab", "Shift+Tab")
        with lab.page.expect_response("**/formgrader/api/grade/*"):
            lab.page.keyboard.type(GIVEN)
            lab.keys("Escape")
    return graded.hub


@pytest.fixture(scope="module")
def released(marked_by_hand):
    _, whom, text = blocks("Grade")[1]
    return marked_by_hand.run(f"set -e\n{text}", whom).stdout


def test_feedback_is_released_to_both(released):
    assert f"Feedback released to {ADA}." in released
    assert f"Feedback released to {BEN}." in released


def test_the_student_reads_our_page(released, ada, hub):
    ada.press("submitted", "Fetch Feedback")
    [page] = hub.run(f"ls -d ~{ADA}/{ASSIGNMENT}/feedback/*").stdout.splitlines()  # of the last submission alone
    names = hub.run(f"ls '{page}'").stdout.split()
    assert names == [f"{name}.html" for name in Course().released]
    ada.enter("feedback", page.rsplit("/", 1)[1])
    ada.page.locator(".jp-DirListing-item", has_text=ONE).dblclick()
    shown = ada.page.locator(".jp-HTMLViewer iframe").content_frame
    expect(shown.locator("body")).to_contain_text(f"For {ADA}")
    expect(shown.locator("body")).to_contain_text(COMMENT)
    expect(shown.locator("body")).to_contain_text(f"{worth('row-dot') + float(GIVEN):g} of")
    top = re.sub(r"\s+", " ", shown.locator("body").inner_text())[:300]
    picture("hub-feedback", ada.page.locator(".jp-HTMLViewer"), top)


def picture(name, locator, text):
    """Take the picture `name` of a part of a page, or compare it."""
    keep_or_compare(name, Image.open(BytesIO(locator.screenshot())), re.sub(r"\s+", " ", text).strip())
