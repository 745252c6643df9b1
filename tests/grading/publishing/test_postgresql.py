"""The gradebook in a real PostgreSQL: several at once, kill -9 of either side, refusals, and the export of SQLite's."""

import json
import multiprocessing
import shutil
import time
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from authoring.notebooks import ROOT
from grading.course import ASSIGNMENT
from grading.export.__main__ import main as export
from grading.publishing.database import LOCK, GradebookError, address, opened
from grading.publishing.gradebook import by_hand, record
from tests.grading.publishing.test_gradebook import (
    FAILED,
    TO_DO,
    WRONG,
    by_a_person,
    grades_of,
    handed_in,
    marks_of,
    with_release,
)
from tests.kit.postgres import OWNER, postgres
from tests.kit.totals import COUNT, MOST, POINTS, worth

pytestmark = pytest.mark.proof
SECONDS = 300  # for others to get where a test waits for them, on a machine that has other things to do
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def server():
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def released(course):
    return with_release(course)


def configure(folder, url):
    """Say in nbgrader's configuration where the gradebook of a course folder is, as the docs do."""
    (folder / "nbgrader_config.json").write_text(json.dumps({"CourseDirectory": {"db_url": url}}))


class Place:
    """A course folder, and the database that its gradebook is in."""

    numbers = count()

    def __init__(self, folder, server, like=None):
        self.folder, self.server, self.name = folder, server, f"book{next(self.numbers)}"
        configure(folder, server.new(self.name, like.name) if like else server.new(self.name))

    def sql(self, statement):
        return self.server.sql(self.name, statement)

    def all(self):
        """Return all that the database holds, as statements that would make it again."""
        lines = self.server.run("pg_dump", "--inserts", self.name).splitlines()
        return [line for line in lines if not line.startswith("\\")]  # a word of chance, for psql

    @contextmanager
    def transaction(self):
        """A transaction of somebody else's, which ends in a commit."""
        with psycopg.connect(host=str(self.server.folder), port=self.server.port, user=OWNER, dbname=self.name) as db:
            yield db

    def waiters(self, number, processes):
        """Return once that many sessions wait for a lock; fail if one of the processes has ended before."""
        for _ in range(SECONDS * 5):
            if self.server.waiting(self.name) == number:
                return
            assert all(process.is_alive() for process in processes), [process.exitcode for process in processes]
            time.sleep(0.2)
        pytest.fail(f"{self.server.waiting(self.name)} sessions wait for a lock")


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Wait for a turn as long as it takes: this machine may have other things to do."""
    monkeypatch.setattr("grading.publishing.database.TURN", 100 * SECONDS)


@pytest.fixture
def place(server, tmp_path):
    return Place(tmp_path, server)


@pytest.fixture(scope="module")
def first(server, released, tmp_path_factory):
    """Ada is recorded, and a person gave points and a comment."""
    place = Place(tmp_path_factory.mktemp("first"), server)
    record(place.folder, released, "ada", handed_in(released), marks_of(released, "ada", classic_mf=WRONG))
    by_a_person(place.folder, "ada", "which-model", 1.5, "Well argued.")
    return place


@pytest.fixture
def with_ada(first, server, tmp_path):
    """A copy of that, to go on with."""
    shutil.copytree(first.folder, tmp_path, dirs_exist_ok=True)
    return Place(tmp_path, server, first)


def started(call, *arguments):
    """Call a function in a process of its own, which exits with 1 if that raises."""
    process = FORK.Process(target=call, args=arguments)
    process.start()
    return process


def all_at_once(place, calls):
    """Have others call functions; let them go once each of them waits for the gradebook. Return their exit codes."""
    with place.transaction() as mine:
        mine.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        others = [started(*call) for call in calls]
        place.waiters(len(others), others)
    for other in others:
        other.join()
    return [other.exitcode for other in others]


# where it is


def test_there_is_no_file_beside_it_and_the_numbers_are_the_same(with_ada, released):
    assert not (with_ada.folder / "gradebook.db").exists()
    assert grades_of(with_ada.folder, "ada")["which-model"] == (None, 1.5, False)
    assert grades_of(with_ada.folder, "ada")["check-classic-mf"] == (0, None, False)
    assert by_hand(with_ada.folder, released, "ada")["which-model"] == (1.5, "Well argued.", False, True)


def test_a_python_file_of_nbgraders_says_where_too(server, tmp_path):
    place = Place(tmp_path, server)
    (tmp_path / "nbgrader_config.json").unlink()
    line = f'c.CourseDirectory.db_url = "{server.url(place.name)}"\n'
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text(encoding="utf-8") + line)
    assert address(tmp_path).database == place.name


# at once


def test_two_open_an_empty_database_at_once(place, released):
    assert all_at_once(place, [(by_hand, place.folder, released, name) for name in ("ada", "ben")]) == [0, 0]
    assert place.sql("SELECT count(*) FROM alembic_version") == ["1"]
    assert place.sql("SELECT id FROM course") == [ASSIGNMENT]


def test_three_first_records_at_once(place, released):
    names = "ada", "ben", "cleo"
    calls = [(record, place.folder, released, name, handed_in(released), marks_of(released, name)) for name in names]
    assert all_at_once(place, calls) == [0, 0, 0]
    with opened(address(place.folder)) as gradebook:
        submissions = gradebook.assignment_submissions(ASSIGNMENT)
        assert {each.student_id: each.score for each in submissions} == dict.fromkeys(names, POINTS)
    assert place.sql("SELECT count(*) FROM grade") == [str(3 * (COUNT + 1))]
    assert place.sql("SELECT count(*) FROM assignment") == ["1"]


MARKED = """
    UPDATE grade SET manual_score = 0.5, needs_manual_grade = false
    WHERE cell_id = (SELECT id FROM base_cell WHERE name = 'check-classic-mf')
"""
COMMENTED = """
    UPDATE comment SET manual_comment = 'The idea is right.'
    WHERE cell_id = (SELECT id FROM base_cell WHERE name = 'classic-mf')
"""


def test_what_a_person_gives_while_the_grader_writes_stays_and_is_looked_at_again(with_ada, released):
    with with_ada.transaction() as person:
        person.execute(MARKED)
        person.execute(COMMENTED)
        marks = marks_of(released, "ada", classic_mf=TO_DO, joint_step=WRONG)
        grader = started(record, with_ada.folder, released, "ada", handed_in(released), marks)
        with_ada.waiters(1, [grader])
    grader.join()
    assert grader.exitcode == 0
    said = by_hand(with_ada.folder, released, "ada")
    assert said["classic-mf"] == (0.5, "The idea is right.", False, True)
    assert said["which-model"] == (1.5, "Well argued.", False, True)
    grades = grades_of(with_ada.folder, "ada")
    assert grades["check-classic-mf"] == (0, 0.5, False)  # its answer and its points are the same as before
    assert grades["check-joint-step"] == (0, None, False)


def test_a_verdict_that_changes_under_a_persons_hands_is_looked_at_again(with_ada, released):
    with with_ada.transaction() as person:
        person.execute(MARKED)
        grader = started(record, with_ada.folder, released, "ada", handed_in(released), marks_of(released, "ada"))
        with_ada.waiters(1, [grader])
    grader.join()
    assert grades_of(with_ada.folder, "ada")["check-classic-mf"] == (1, 0.5, True)


def test_a_lock_that_nobody_gives_back_is_not_waited_for_for_ever(with_ada, released, monkeypatch):
    monkeypatch.setattr("grading.publishing.database.TURN", 1)
    before = with_ada.all()
    with with_ada.transaction() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        with pytest.raises(GradebookError, match=rf"{with_ada.name} is in use by another program"):
            record(with_ada.folder, released, "ada", handed_in(released), marks_of(released, "ada"))
    assert with_ada.all() == before


# kill -9


@pytest.mark.parametrize("killed", ["grader", "database"])
def test_killed_in_the_middle_nothing_is_lost_and_nothing_is_there_twice(killed, with_ada, released):
    before, folder = with_ada.all(), with_ada.folder / "autograded"
    pages = {path: path.read_bytes() for path in folder.rglob("*.ipynb")}
    marks = marks_of(released, "ada")
    new = record, with_ada.folder, released, "ada", handed_in(released, "Another answer."), marks
    person = psycopg.connect(
        host=str(with_ada.server.folder), port=with_ada.server.port, user=OWNER, dbname=with_ada.name
    )
    person.execute("SELECT 1 FROM grade FOR UPDATE")  # so it stops between its first writing and its last
    grader = started(*new)
    with_ada.waiters(1, [grader])
    if killed == "grader":
        grader.kill()
        grader.join()
        person.close()
    else:
        with_ada.server.kill()
        grader.join()
        with_ada.server.start()
    assert grader.exitcode != 0
    assert with_ada.all() == before
    assert {path: path.read_bytes() for path in folder.rglob("[0-9]*.ipynb")} == pages
    new[0](*new[1:])
    assert grades_of(with_ada.folder, "ada")["which-model"] == (None, 1.5, True)
    assert by_hand(with_ada.folder, released, "ada")["which-model"].comment == "Well argued."
    assert with_ada.sql("SELECT count(*) FROM grade") == [str(COUNT + 1)]


# refusals


@pytest.fixture
def refused(with_ada, released, capsys):
    """Return a function: what `record` and the export say under a URL, once all of it has changed nothing."""

    def refused(url):
        before, files = with_ada.all(), contents(with_ada.folder)
        configure(with_ada.folder, url)
        with pytest.raises(GradebookError) as error:
            record(with_ada.folder, released, "ben", handed_in(released), marks_of(released, "ben"))
        assert export(["moodle", "--course", str(with_ada.folder), "--out", str(with_ada.folder / "out.csv")]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert contents(with_ada.folder) == files | {with_ada.folder / "nbgrader_config.json": said_of(with_ada.folder)}
        assert with_ada.all() == before
        return str(error.value)

    return refused


def said_of(folder):
    return (folder / "nbgrader_config.json").read_bytes()


def contents(folder):
    """Return the contents of all files in a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_server_that_is_away_is_named(refused, with_ada):
    said = refused("postgresql://anna:secret@127.0.0.1:1/marks")
    assert said.startswith("postgresql://anna:***@127.0.0.1:1/marks cannot be used as nbgrader's gradebook: ")
    assert "Connection refused" in said
    assert "secret" not in said


def test_a_wrong_password_is_refused(refused, with_ada):
    with_ada.sql("DROP ROLE IF EXISTS guest")
    with_ada.sql("CREATE ROLE guest LOGIN PASSWORD 'right'")
    said = refused(with_ada.server.url(with_ada.name, "guest:wrong"))
    assert 'password authentication failed for user "guest"' in said
    assert "wrong" not in said


def test_a_database_that_is_not_there_is_named(refused, with_ada):
    assert 'database "nowhere" does not exist' in refused(with_ada.server.url("nowhere"))


def test_without_the_rights_to_write_nothing_is_written(with_ada, released):
    with_ada.sql("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    before = with_ada.all()
    configure(with_ada.folder, with_ada.server.url(with_ada.name, "reader"))
    assert by_hand(with_ada.folder, released, "ada")["which-model"].points == 1.5  # it may read
    with pytest.raises(GradebookError, match="permission denied for table"):
        record(with_ada.folder, released, "ben", handed_in(released), marks_of(released, "ben"))
    assert with_ada.all() == before
    assert not (with_ada.folder / "autograded" / "ben").exists()


def test_without_the_rights_to_make_tables_it_says_so(place, released):
    place.sql("DROP ROLE IF EXISTS visitor; CREATE ROLE visitor LOGIN")
    configure(place.folder, place.server.url(place.name, "visitor"))
    with pytest.raises(GradebookError, match="permission denied for schema public"):
        by_hand(place.folder, released, "ada")


def test_a_full_disk_is_named(with_ada, released):
    """It is full at 1 MB a file: this is what PostgreSQL meets where files may grow no further."""
    with_ada.sql("INSERT INTO student (id, lms_user_id) SELECT 'x' || i, '' FROM generate_series(1, 40000) i")
    pid = str(with_ada.server.process.pid)
    limit = with_ada.server.run("prlimit", "--pid", pid, "--fsize", "--noheadings", "--output", "HARD").strip()
    with_ada.server.run("prlimit", "--pid", pid, f"--fsize={2**20}:{limit}")
    try:
        with with_ada.transaction() as other, pytest.raises(psycopg.Error, match="could not extend file"):
            other.execute("INSERT INTO student (id) SELECT 'y' || i FROM generate_series(1, 40000) i")
        with pytest.raises(GradebookError, match="could not extend file"):  # there is no room left in the last page
            record(with_ada.folder, released, "ben", handed_in(released), marks_of(released, "ben"))
    finally:
        with_ada.server.run("prlimit", "--pid", pid, f"--fsize={limit}:{limit}")


# the export


@pytest.fixture(scope="module")
def two_books(server, released, new_gradebook, tmp_path_factory):
    """The same class in PostgreSQL and in SQLite."""
    folders = [tmp_path_factory.mktemp(kind) for kind in ("postgresql", "sqlite")]
    Place(folders[0], server)
    shutil.copy(new_gradebook, folders[1])
    for folder in folders:
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        for name in ("solutions", "notebooks"):
            shutil.copytree(ROOT / name, folder / name)
        (folder / "submitted").mkdir()
        for name, verdicts in {"zoe": {}, "ada": {"classic_mf": WRONG}, "=ben": {"koren_fit": FAILED}}.items():
            record(folder, released, name, handed_in(released), marks_of(released, name, **verdicts))
        by_a_person(folder, "ada", "which-model", 1.25, "=1+1 <b>Good</b>,\nsaid “she”")
        by_a_person(folder, "ada", "check-classic-mf", 0.1)
        with opened(address(folder)) as gradebook:
            gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace", email="ada@x.org")
    return folders


@pytest.mark.parametrize(
    "options", [["moodle", "--by", "student"], ["moodle", "--by", "student", "--unfinished", "--out-of", "100"]]
)
def test_the_export_is_that_of_sqlite_byte_for_byte(options, two_books, capsys):
    found = []
    for folder in two_books:
        code = export([*options, "--course", str(folder), "--out", str(folder / "out.csv")])
        said = capsys.readouterr()
        found.append((code, (folder / "out.csv").read_bytes(), said.out.replace(str(folder), ""), said.err))
    assert found[0] == found[1]
    assert f"{POINTS - worth('classic-mf') + 0.1 + 1.25:g}".encode() in found[0][1] or "--out-of" in options


def test_nbgraders_totals_are_those_of_sqlite_byte_for_byte(two_books, run):
    for folder in two_books:
        run("nbgrader", "export", cwd=folder)
    ours, theirs = ((folder / "gradebook.csv").read_bytes() for folder in two_books)
    assert ours == theirs
    assert f",{MOST:.1f}\n".encode() in ours
    assert not (two_books[0] / "gradebook.db").exists()
