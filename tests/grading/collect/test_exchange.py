"""`python -m grading.collect` on nbgrader's exchange: whose a submission is, which counts, and what may lie in wait."""

import os
import pwd
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grading.collect.__main__ import main
from grading.collect.folder import read_list
from grading.course import ASSIGNMENT
from grading.handed_in.secret import SECRET, secret_in
from grading.publishing.gradebook import timestamp

ME = pwd.getpwuid(os.getuid()).pw_name
NOW = datetime.now(UTC).replace(microsecond=0)
BOOK, OTHER = "01_reviews_to_batches.ipynb", "02_matrix_factorization.ipynb"
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files to other accounts")


@pytest.fixture
def inbound(tmp_path):
    folder = tmp_path / "exchange" / ASSIGNMENT / "inbound"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def into(tmp_path):
    return tmp_path / "submitted"


@pytest.fixture
def collect(inbound, into, capsys):
    """Collect the exchange into submitted/; return the exit code and what was printed."""

    def collect(*options, source=inbound):
        code = main([str(source), "--into", str(into), *map(str, options)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return collect


def submit(inbound, files, *, name=ME, time=NOW, assignment=ASSIGNMENT, owner=None, secret="a" * 128):
    """Put a submission where `nbgrader submit` puts it, and as it does; return its folder."""
    folder = inbound / f"{name}+{assignment}+{time:%Y-%m-%d %H:%M:%S.%f} UTC+{os.urandom(4).hex()}"
    files = files | {SECRET: secret.encode(), "timestamp.txt": f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode()}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    if owner:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, pwd.getpwnam(owner).pw_uid, -1)
    return folder


def test_the_last_submission_counts_and_its_time_and_secret_are_kept(collect, inbound, into):
    submit(inbound, {BOOK: b"last"}, secret="b" * 128)
    submit(inbound, {BOOK: b"first"}, time=NOW - timedelta(minutes=5))
    submit(inbound, {BOOK: b"another"}, assignment="homework")
    code, said = collect()
    assert code == 0
    assert "nbgrader's exchange, 1 to collect" in said
    folder = into / ME / ASSIGNMENT
    assert (folder / BOOK).read_bytes() == b"last"
    assert timestamp(folder) == {"timestamp": NOW.replace(tzinfo=None)}
    assert secret_in(folder) == "b" * 128
    assert [(row.student, row.platform, row.id) for row in read_list(into)] == [(ME, "exchange", ME)]
    assert "1 as before" in collect()[1]


def test_the_same_notebooks_submitted_again_are_another_submission(collect, inbound, into):
    submit(inbound, {BOOK: b"same"}, time=NOW - timedelta(minutes=5))
    collect()
    submit(inbound, {BOOK: b"same"}, secret="b" * 128)
    assert f"1 replaced by what is handed in now: {ME}" in collect()[1]
    assert secret_in(into / ME / ASSIGNMENT) == "b" * 128


def test_a_deadline_takes_what_was_submitted_before(collect, inbound, into):
    submit(inbound, {BOOK: b"late"})
    submit(inbound, {BOOK: b"in time"}, time=NOW - timedelta(minutes=5))
    collect("--deadline", (NOW - timedelta(minutes=2)).isoformat())
    assert (into / ME / ASSIGNMENT / BOOK).read_bytes() == b"in time"


def test_who_submitted_nothing_in_time_is_named(collect, inbound):
    submit(inbound, {BOOK: b"late"})
    code, said = collect("--deadline", (NOW - timedelta(minutes=2)).isoformat())
    assert code == 0
    assert f"{ME}: Nothing was submitted before the deadline." in said


def test_the_owner_counts_and_not_the_name(collect, inbound, into):
    submit(inbound, {BOOK: b"mine"}, name="ada")
    code, said = collect()
    assert code == 0
    assert f"{ME}: It calls itself ada's. {ME} owns it, and was taken for who submitted it." in said
    assert [path.name for path in into.iterdir() if path.is_dir()] == [ME]


@as_root
def test_nobody_hands_in_for_another(collect, inbound, into):
    submit(inbound, {BOOK: b"of daemon"}, name="daemon", owner="daemon", time=NOW - timedelta(minutes=5))
    submit(inbound, {BOOK: b"of games"}, name="daemon", owner="games")
    collect()
    assert {path.name: (path / ASSIGNMENT / BOOK).read_bytes() for path in into.iterdir() if path.is_dir()} == {
        "daemon": b"of daemon",
        "games": b"of games",
    }


@as_root
def test_a_file_of_somebody_else_is_left_out(collect, inbound, into, tmp_path):
    secret = tmp_path / "solution.ipynb"
    secret.write_bytes(b"the solution")
    folder = submit(inbound, {BOOK: b"of daemon"}, name="daemon", owner="daemon")
    os.link(secret, folder / OTHER)
    code, said = collect()
    assert code == 0
    assert f"daemon: {OTHER} is root's, and was left out." in said
    assert not (into / "daemon" / ASSIGNMENT / OTHER).exists()


def test_no_link_is_followed(collect, inbound, into, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / OTHER).write_bytes(b"the solution")
    folder = submit(inbound, {BOOK: b"mine"})
    (folder / OTHER).symlink_to(tmp_path / "secret" / OTHER)
    (folder / "all").symlink_to(tmp_path / "secret")
    time = NOW + timedelta(minutes=1)
    (inbound / f"{ME}+{ASSIGNMENT}+{time:%Y-%m-%d %H:%M:%S.%f} UTC+x").symlink_to(tmp_path / "secret")
    code, said = collect()
    assert code == 0
    assert f"{ME}: {OTHER} is a link, and links are not followed." in said
    assert f"{ME}: all is a link, and links are not followed." in said
    assert f"UTC+x, of {ME}, is no submission." in said
    assert b"the solution" not in b"".join(path.read_bytes() for path in into.rglob("*") if path.is_file())


def test_what_else_lies_there_is_named(collect, inbound, into):
    submit(inbound, {BOOK: b"mine", "notes.txt": b"", "helpers.py": b"x = 1"})
    (inbound / "stray").mkdir()
    (inbound / f"ada+{ASSIGNMENT}+2026-99-99 10:00:00 UTC").mkdir()
    code, said = collect()
    assert code == 0
    assert f"stray, of {ME}, is no submission." in said
    assert f"ada+{ASSIGNMENT}+2026-99-99 10:00:00 UTC, of {ME}, is no submission." in said
    assert f"{ME}: left out: notes.txt (no notebook and no archive)" in said
    assert (into / ME / ASSIGNMENT / "helpers.py").read_bytes() == b"x = 1"


def test_a_time_that_the_files_contradict_is_said(collect, inbound):
    submit(inbound, {BOOK: b"mine"}, time=NOW - timedelta(days=1))
    said = collect()[1]
    assert (
        f"{ME}: It says that it is of {(NOW - timedelta(days=1)).astimezone():%Y-%m-%d %H:%M}, but was changed" in said
    )


@as_root
@pytest.mark.parametrize("closed", [BOOK, "."])
def test_who_cannot_be_read_is_named_and_the_others_are_collected(capsys, closed):
    """Collected as an account that is not root, as an instructor's on a hub: root reads all."""
    with tempfile.TemporaryDirectory() as folder:
        inbound, into = Path(folder, "inbound"), Path(folder, "work", "submitted")
        for path in (Path(folder), inbound, into):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o777)
        into.parent.chmod(0o777)
        submit(inbound, {BOOK: b"before"}, name="daemon", owner="daemon", time=NOW - timedelta(minutes=5))
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
        try:
            assert main([str(inbound), "--into", str(into)]) == 0
            os.seteuid(0)
            bad = submit(inbound, {BOOK: b"after", OTHER: b"after"}, name="daemon", owner="daemon")
            (bad / closed).chmod(0)
            submit(inbound, {BOOK: b"of games"}, name="games", owner="games")
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
            assert main([str(inbound), "--into", str(into)]) == 1
        finally:
            os.seteuid(0)
        said = capsys.readouterr().out
        assert "daemon could not be collected: " in said
        assert "Nothing of it was taken: ask for it to be submitted again." in said
        assert (into / "daemon" / ASSIGNMENT / BOOK).read_bytes() == b"before"
        assert (into / "games" / ASSIGNMENT / BOOK).read_bytes() == b"of games"


def test_a_submission_of_very_many_files_is_given_up(collect, inbound):
    folder = submit(inbound, {BOOK: b"mine"})
    for n in range(5_001):
        (folder / f"{n}.txt").touch()
    code, said = collect()
    assert code == 1
    assert f"{ME} could not be collected: It holds more than 5,000 files" in said


def test_an_exchange_without_a_submission_is_said(collect, inbound):
    code, said = collect()
    assert code == 2
    assert f"{inbound} holds no submission of {ASSIGNMENT}." in said


@pytest.mark.parametrize("text", ["", "b" * 127, "../" * 43, "é" * 128])
def test_a_secret_that_is_not_nbgraders_is_none(tmp_path, text):
    (tmp_path / SECRET).write_text(text, encoding="utf-8")
    assert secret_in(tmp_path) == ""


def test_a_secret_behind_a_link_is_none(tmp_path):
    (tmp_path / "elsewhere").write_text("a" * 128)
    (tmp_path / SECRET).symlink_to(tmp_path / "elsewhere")
    assert secret_in(tmp_path) == ""
