"""docs/several-graders.md, followed: two people mark in Formgrader while a third regrades; both sides are killed."""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error

import psycopg
import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.publishing.database import NO_DRIVER, address, opened
from grading.publishing.grades_csv import read_grades
from tests.kit.formgrader import formgrader
from tests.kit.postgres import OWNER, postgres
from tests.kit.totals import COUNT

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("isolation")]
BLOCK = re.compile(r"```(?:sh|json)\n(.*?)```", re.DOTALL)
CLASS = ["ada", "ben"]
ONE = "01_reviews_to_batches"
HERE = {
    "python -m": f"{sys.executable} -m",
    "grading submitted": "grading submitted --course .",
    "grading.export moodle": "grading.export moodle --course .",
}
SECONDS = 300  # for the grader to get where a test waits for it, on a machine that has other things to do


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "several-graders.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server():
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def environment(server, clean_environment):
    """The environment of those who type: their PostgreSQL is that of the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.place.items():
            patch.setenv(name, value)
        yield clean_environment | server.place | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def root(page, server, tmp_path_factory, environment):
    """A course whose gradebook is where the page says, graded as it says: nobody has begun."""
    root = tmp_path_factory.mktemp("course")
    root.chmod(0o755)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    for student in CLASS:
        demo.in_a_folder(root / "submitted" / student, demo.untouched(Course(root)))
    make, configuration, first, grade, *_ = BLOCK.findall(page)
    for line in make.splitlines():
        server.run(*line.split())
    (root / "nbgrader_config.json").write_text(configuration)
    assert "There are 0 assignments in the database" in typed(first, root, environment).stdout
    assert typed(grade, root, environment).returncode == 0
    return root


def typed(commands, root, environment, check=True):
    """Type commands of the page, in a course folder that is not the project's."""
    for here, there in HERE.items():
        commands = commands.replace(here, there)
    done = subprocess.run(
        ["sh", "-ec", commands], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def given(root):
    """Return {(student, cell): (automatic points, points by hand, comment)} of the gradebook."""
    with opened(address(root)) as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            for notebook in submission.notebooks:
                comments = {comment.name: comment.manual_comment for comment in notebook.comments}
                for grade in notebook.grades:
                    comment = comments.get(grade.name.removeprefix("check-"))
                    found[submission.student_id, grade.name] = grade.auto_score, grade.manual_score, comment
        return found


class Person(threading.Thread):
    """Marks in a formgrader until the others are done: every second cell, again and again, each time otherwise."""

    def __init__(self, ask, which, done):
        super().__init__()
        self.ask, self.which, self.done, self.given, self.failure = ask, which, done, {}, None

    def run(self):
        try:
            for turn in range(1, 1000):
                for student in CLASS:
                    self.mark(student, turn)
                if self.done.is_set():
                    return
        except Exception as error:
            self.failure = error

    def mark(self, student, turn):
        grades = self.ask.cells("grades", student, ONE)
        comments = self.ask.cells("comments", student, ONE)
        for cell in sorted(grades)[self.which :: 2]:
            points, comment = turn / 1000, f"Turn {turn} of {self.which}, “{student}”"
            self.ask(f"api/grade/{grades[cell]['id']}", {"manual_score": points, "extra_credit": None})
            self.ask(f"api/comment/{comments[cell.removeprefix('check-')]['id']}", {"manual_comment": comment})
            self.given[student, cell] = points, comment


def test_two_mark_in_formgrader_while_a_third_regrades(root, page, environment):
    in_one = [id for id, exercise in Course(root).automatic.items() if exercise.notebook == ONE]
    for student in CLASS:
        shutil.rmtree(root / "submitted" / student)
        demo.in_a_folder(root / "submitted" / student, demo.solved(Course(root), only=in_one))
    grade = BLOCK.findall(page)[3].replace("submitted", "submitted --regrade")
    done = threading.Event()
    with formgrader(root, environment) as one, formgrader(root, environment) as other:
        people = [Person(ask, which, done) for which, ask in enumerate((one, other))]
        for person in people:
            person.start()
        try:
            said = typed(grade, root, environment, check=False)
        finally:
            done.set()
            for person in people:
                person.join()
    assert [person.failure for person in people] == [None, None]
    assert said.returncode == 0, said.stdout + said.stderr
    assert {mark.verdict for mark in read_grades(root / "grades.csv") if mark.notebook == ONE} == {"ok"}
    found = given(root)
    assert len(found) == len(CLASS) * (COUNT + 1)
    wanted = people[0].given | people[1].given
    assert {key: found[key][1:] for key in wanted} == wanted
    assert wanted.keys() == {(student, f"check-{id}") for student in CLASS for id in in_one}
    assert all(found[key][0] > 0 for key in wanted)  # the grader's points are new, too


def test_pages_and_export_hold_what_people_gave(root, page, environment):
    typed(BLOCK.findall(page)[4], root, environment)
    text = (root / "feedback" / "ada" / ASSIGNMENT / "feedback.html").read_text(encoding="utf-8")
    comment = given(root)["ada", "check-row-dot"][2]
    assert comment in text
    assert comment in (root / "marks-moodle.csv").read_text(encoding="utf-8")
    assert not (root / "gradebook.db").exists()


@pytest.mark.parametrize("killed", ["grader", "database"])
def test_killed_in_the_middle_the_same_command_goes_on(killed, root, server, page, environment):
    before = given(root)
    shutil.rmtree(root / ".grading" / "published")  # so that all is recorded again
    grade = BLOCK.findall(page)[3]
    person = psycopg.connect(host=str(server.folder), port=server.port, user=OWNER, dbname="marks")
    person.execute("SELECT 1 FROM grade FOR UPDATE")
    command = [sys.executable, "-m", "grading", "submitted", "--course", "."]
    grader = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until(lambda: server.waiting("marks") == 1, grader)
    if killed == "grader":
        grader.kill()
        grader.communicate()
        person.close()
    else:
        server.kill()
        said = grader.communicate()[0].decode()
        assert grader.returncode == 1
        assert said.count("postgresql://grader@/marks cannot be used as nbgrader's gradebook: ") == 1
        assert "Traceback" not in said
        server.start()
    typed(grade, root, environment)
    assert given(root) == before


def wait_until(condition, process):
    for _ in range(SECONDS * 5):
        if condition():
            return
        assert process.poll() is None, process.communicate()[0].decode()
        time.sleep(0.2)
    pytest.fail("The grader does not get there.")


def test_a_formgrader_that_saw_the_server_start_again_is_to_be_started_again(root, server, environment):
    with formgrader(root, environment) as ask:
        assert ask.cells("grades", "ada", ONE)
        server.kill()
        server.start()
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError, match="500"):
                ask.cells("grades", "ada", ONE)
    with formgrader(root, environment) as ask:
        assert ask.cells("grades", "ada", ONE)


def test_a_copy_holds_everything(root, server, page):
    server.run("createdb", "--owner", "grader", "copy")
    for line in BLOCK.findall(page)[5].splitlines():
        server.run(*line.split())
    for table in ("grade", "comment", "student"):
        rows = f"SELECT * FROM {table} ORDER BY id"
        assert server.sql("copy", rows) == server.sql("marks", rows) != []


def test_a_server_that_is_away_costs_no_mark(root, server, page, environment):
    before, written = given(root), (root / "grades.csv").read_bytes()
    server.kill()
    try:
        done = typed(BLOCK.findall(page)[3], root, environment, check=False)
    finally:
        server.start()
    assert done.returncode == 1
    assert done.stdout.count("postgresql://grader@/marks cannot be used as nbgrader's gradebook: ") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert (root / "grades.csv").read_bytes() == written
    assert given(root) == before


def test_where_the_configuration_is_wrong_it_refuses_before_anything_is_marked(root, environment, page):
    configuration = root / "nbgrader_config.json"
    right = configuration.read_text()
    configuration.write_text(json.dumps({"CourseDirectory": {"db_url": "mysql://grader@/marks"}}))
    try:
        done = typed(BLOCK.findall(page)[3], root, environment, check=False)
    finally:
        configuration.write_text(right)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("CourseDirectory.db_url, in nbgrader's configuration, must be ")


def test_the_page_says_how_to_install_what_the_grader_asks_for(page):
    assert NO_DRIVER.split("Type: ")[1] in page
