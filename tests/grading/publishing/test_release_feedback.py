"""`nbgrader release_feedback` and `fetch_feedback`: a student who used the exchange receives our page, and no other."""

import os
import pwd
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from grading.collect.__main__ import main as collect
from grading.course import ASSIGNMENT
from grading.handed_in.secret import SECRET
from grading.publishing.feedback import write_feedback
from grading.publishing.gradebook import record
from tests.grading.publishing.test_gradebook import WRONG, handed_in, marks_of, with_release

pytestmark = pytest.mark.proof

ME = pwd.getpwuid(os.getuid()).pw_name
OWN = "my own notes.ipynb"


@pytest.fixture(scope="module")
def hub(course, new_gradebook, tmp_path_factory):
    """A course, an exchange, and a student's home, all of one account."""
    root = tmp_path_factory.mktemp("hub")
    exchange, home, settings = root / "exchange", root / "home", root / "jupyter"
    for folder in (exchange, home, settings):
        folder.mkdir()
    exchange.chmod(0o777)
    config = f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\nc.CourseDirectory.course_id = {ASSIGNMENT!r}\n"
    (settings / "nbgrader_config.py").write_text(config)
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(settings), "JUPYTER_DATA_DIR": str(root / "data")}

    def nbgrader(*command, cwd):
        command = [sys.executable, "-m", "nbgrader", *command]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    shutil.copy(new_gradebook, course)
    released = with_release(course)
    nbgrader("release_assignment", ASSIGNMENT, cwd=course)
    nbgrader("fetch_assignment", ASSIGNMENT, cwd=home)
    (home / ASSIGNMENT / OWN).write_text((home / ASSIGNMENT / f"{next(iter(released.released))}.ipynb").read_text())
    return SimpleNamespace(course=course, exchange=exchange, home=home, nbgrader=nbgrader, released=released)


def graded(hub, student):
    """Record and write what `python -m grading` would for a student, who has one exercise wrong."""
    notebooks, marks = handed_in(hub.released), marks_of(hub.released, student, classic_mf=WRONG)
    record(hub.course, hub.released, student, notebooks, marks)
    return write_feedback(hub.course, hub.released, student, notebooks, marks)


def fetched(hub):
    """Fetch feedback as a student does; return {name: bytes}, by the time of the submission."""
    hub.nbgrader("fetch_feedback", ASSIGNMENT, cwd=hub.home)
    found = sorted((hub.home / ASSIGNMENT / "feedback").iterdir())
    return [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in found]


def collected(hub):
    """Submit as a student does, and collect."""
    hub.nbgrader("submit", ASSIGNMENT, cwd=hub.home)
    inbound = hub.exchange / ASSIGNMENT / "inbound"
    assert collect([str(inbound), "--into", str(hub.course / "submitted")]) == 0


def test_the_student_receives_our_page_for_each_notebook(hub):
    collected(hub)
    page = graded(hub, ME)
    other = graded(hub, "by mail")
    said = hub.nbgrader("release_feedback", ASSIGNMENT, cwd=hub.course)
    assert f"Feedback released to {ME}." in said
    assert "Not released, since it was not handed in through the exchange: by mail." in said
    names = {f"{name}.html" for name in [*hub.released.released, OWN.removesuffix(".ipynb")]}
    assert fetched(hub) == [dict.fromkeys(names, page.read_bytes())]
    assert other.read_bytes() not in [path.read_bytes() for path in (hub.exchange / ASSIGNMENT / "feedback").iterdir()]


def test_feedback_goes_to_the_submission_that_was_marked(hub):
    collected(hub)
    shutil.rmtree(hub.exchange / ASSIGNMENT / "feedback")
    hub.nbgrader("release_feedback", ASSIGNMENT, cwd=hub.course)  # the later one is collected, and not marked yet
    released = {path.name for path in (hub.exchange / ASSIGNMENT / "feedback").iterdir()}
    page = graded(hub, ME)
    hub.nbgrader("release_feedback", ASSIGNMENT, cwd=hub.course)
    now = {path.name for path in (hub.exchange / ASSIGNMENT / "feedback").iterdir()}
    assert len(now - released) == len(hub.released.released) + 1
    assert fetched(hub)[1]["01_reviews_to_batches.html"] == page.read_bytes()


def test_what_nbgrader_makes_of_it_is_our_page_too(hub):
    """After `nbgrader generate_feedback`, which writes pages of its own beside ours."""
    hub.nbgrader("generate_feedback", ASSIGNMENT, "--student", ME, cwd=hub.course)
    hub.nbgrader("release_feedback", ASSIGNMENT, "--student", ME, cwd=hub.course)
    page = (hub.course / "feedback" / ME / ASSIGNMENT / "feedback.html").read_bytes()
    assert set(fetched(hub)[-1].values()) == {page}


def test_without_a_secret_none_is_kept(hub):
    (hub.course / "submitted" / ME / ASSIGNMENT / SECRET).unlink()
    graded(hub, ME)
    assert not (hub.course / "autograded" / ME / ASSIGNMENT / SECRET).exists()
