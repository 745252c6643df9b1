"""`python -m grading.collect`: what Moodle, Canvas and GitHub Classroom give, whose it is, and what may lie in wait."""

import csv
import io
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from authoring.notebooks import ROOT
from grading.collect.rosters import agree
from grading.course import ASSIGNMENT, Course
from grading.handed_in.submissions import EARLIER, find_submissions, left_out
from grading.publishing.gradebook import timestamp
from grading.students import HISTORY, LIST, read_list

COURSE = Course()
NAMES = ONE, TWO, THREE, FOUR, *_ = tuple(COURSE.released)
RELEASE = {f"{name}.ipynb": (ROOT / "notebooks" / ASSIGNMENT / f"{name}.ipynb").read_bytes() for name in NAMES}
BOOK = f"{ONE}.ipynb"
MONDAY = (2026, 11, 23, 10, 0, 0)
TUESDAY = (2026, 11, 24, 10, 0, 0)
GIT = ["git", "-c", "user.name=ada", "-c", "user.email=ada@x.org", "-c", "init.defaultBranch=main"]


def zipped(files, times=None):
    """Return a zip of files, given by their names as bytes; they are of Monday, or of their `times`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            if isinstance(name, str):
                name = zipfile.ZipInfo(name, (times or {}).get(name, MONDAY))
            archive.writestr(name, data)
    return file.getvalue()


def put(folder, files):
    """Write files, given by their paths as bytes."""
    for path, data in files.items():
        path = folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def collected(into):
    """Return {path: content} of what counts of all that was collected, but for the lists and the times."""
    files = (path for path in sorted(into.rglob("*")) if path.is_file() and EARLIER not in path.parts)
    own = {LIST, HISTORY, "timestamp.txt"}
    return {str(path.relative_to(into)): path.read_bytes() for path in files if path.name not in own}


def rows(into):
    """Return {student: (platform, id, name)} of the list."""
    return {row.student: (row.platform, row.id, row.name) for row in read_list(into)}


# what Moodle gives

LAYOUTS = {
    "folders": "Ada Lovelace_12_assignsubmission_file/",
    "folders, underscore": "Ada Lovelace_12_assignsubmission_file_/",
    "flat": "Ada Lovelace_12_assignsubmission_file_",
    "wrapped": "CS2-Recommenders-7/Ada Lovelace_12_assignsubmission_file_/",
}
OTHERS = {
    "folders": "Zoë Ōe_13_assignsubmission_file/",
    "folders, underscore": "Zoë Ōe_13_assignsubmission_file_/",
    "flat": "Zoë Ōe_13_assignsubmission_file_",
    "wrapped": "CS2-Recommenders-7/Zoë Ōe_13_assignsubmission_file_/",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("unpacked", [False, True], ids=["zip", "unpacked"])
def test_moodle(collect, into, tmp_path, layout, unpacked):
    source = zipped({f"{LAYOUTS[layout]}{BOOK}": b"a", f"{OTHERS[layout]}work.zip": zipped({BOOK: b"z"})})
    if unpacked:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            archive.extractall(tmp_path / "unpacked")
        source = tmp_path / "unpacked" / ("CS2-Recommenders-7" if layout == "wrapped" else "")
    code, said = collect(source)
    assert code == 0
    assert "a download of Moodle's, 2 to collect" in said
    assert "2 new" in said
    assert set(collected(into)) == {f"Ada Lovelace/{ASSIGNMENT}/{BOOK}", f"Zoë Ōe/{ASSIGNMENT}/work.zip"}
    assert rows(into) == {
        "Ada Lovelace": ("moodle", "12", "Ada Lovelace"),
        "Zoë Ōe": ("moodle", "13", "Zoë Ōe"),
    }


def test_what_is_collected_is_found_by_the_grader(collect, into):
    """A zip of zips, two of one name, somebody without a notebook, and the list itself, which is no student's."""
    home = {f"{ASSIGNMENT}/{name}": data for name, data in RELEASE.items()}
    code, said = collect(
        zipped(
            {
                "Ada Lovelace_12_assignsubmission_file_/work.zip": zipped(home),
                "Li Lei_13_assignsubmission_file_/week 3/01_reviews_to_batches (1).ipynb": RELEASE[BOOK],
                "Li Lei_14_assignsubmission_file_/work.zip": zipped({"inner.zip": zipped(RELEASE)}),
                "Li Lei_14_assignsubmission_onlinetext_/onlinetext.html": b"<p>Sorry!</p>",
                "李雷_15_assignsubmission_file_/report.pdf": b"%PDF",
            }
        )
    )
    assert code == 0
    found = {submission.student: submission for submission in find_submissions(into, COURSE)}
    assert {student: list(submission.files) for student, submission in found.items()} == {
        "Ada Lovelace": list(NAMES),
        "Li Lei 13": [ONE],
        "Li Lei 14": list(NAMES),
        "李雷": [],
    }
    assert not any(submission.notes for submission in found.values())
    assert found["Ada Lovelace"].files[TWO].read() == RELEASE[f"{TWO}.ipynb"]
    assert left_out(into) == []
    assert "1 with no notebook and no archive: 李雷" in said
    assert "Li Lei 14: left out: onlinetext.html (online text)" in said
    assert "李雷: left out: report.pdf (no notebook and no archive)" in said


def test_students_who_are_marked_blind_are_told_apart(collect, into):
    collect(zipped({f"Participant_{n}_assignsubmission_file_/{BOOK}": b"a" for n in (7, 8)}))
    assert sorted(rows(into)) == ["Participant 7", "Participant 8"]


def test_teams_and_file_names_that_look_like_more(collect, into):
    evil = "x_9_assignsubmission_file_y.ipynb"
    files = {f"Default group_assignsubmission_file_/{BOOK}": b"a", f"Ada_5_assignsubmission_file_/{evil}": b"b"}
    collect(zipped(files))
    assert set(collected(into)) == {f"Default group/{ASSIGNMENT}/{BOOK}", f"Ada/{ASSIGNMENT}/{evil}"}


def test_the_worksheet_tells_e_mail_addresses_and_who_is_not_there(collect, into, tmp_path):
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_text(
        'Identifier,"Full name","Email address"\n'
        "Participant 12,Ada Lovelace,ada@x.org\nParticipant 13,Ben O'Kri,ben@x.org\nParticipant 42,Cleo Laine,c@x.org\n"
    )
    names = ["Ada Lovelace_12", "Group A-Ben OKri_13", "Team 7_42"]  # a team's number is no participant's
    files = {f"{name}_assignsubmission_file_/{BOOK}": b"a" for name in names}
    assert collect(zipped(files), "--roster", worksheet)[0] == 0
    assert {row.student: row.email for row in read_list(into)} == {
        "Ada Lovelace": "ada@x.org",
        "Ben O'Kri": "ben@x.org",
        "Team 7": "",
    }


@pytest.mark.parametrize(
    ("name", "full_name", "expected"),
    [
        ("Ada Lovelace", "Ada Lovelace", True),
        ("Seán ONeill", "Seán O'Neill", True),
        ("Group A-Ada Lovelace", "Ada Lovelace", True),
        ("Team 7", "Ada Lovelace", False),
        ("Ada Lovelace", "", False),
    ],
)
def test_names_agree(name, full_name, expected):
    assert agree(name, full_name) == expected


# what Canvas gives


def test_canvas(collect, into, tmp_path):
    files = {
        f"lovelaceada_12345_67890_{ONE}-1.ipynb": b"a",
        "lovelaceada_12345_67891_02_matrix_factorization.ipynb": b"b",
        f"श्रीö_LATE_12346_67892_{BOOK}": b"c",
        "liulei_12347_text.html": b"",
        "smith2_LATE_12348_link.html": b"",
        f"anon_aB3xY_67893_{BOOK}": b"d",
        f"LATE_anon_Zz9_67894_{BOOK}": b"e",
    }
    gradebook = tmp_path / "gradebook.csv"
    gradebook.write_text(
        "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"
        '"Lovelace, Ada",12345,ada@x.org,A\n"Sand, George",99,gs,A\n'
    )
    code, said = collect(zipped(files), "--roster", gradebook)
    assert code == 0
    assert "a download of Canvas's, 6 to collect" in said
    assert set(collected(into)) == {
        f"Lovelace, Ada/{ASSIGNMENT}/{ONE}-1.ipynb",
        f"Lovelace, Ada/{ASSIGNMENT}/02_matrix_factorization.ipynb",
        f"श्रीö/{ASSIGNMENT}/{BOOK}",
        f"anon aB3xY/{ASSIGNMENT}/{BOOK}",
        f"anon Zz9/{ASSIGNMENT}/{BOOK}",
    }
    known = {row.student: (row.id, row.submission, row.late, row.email) for row in read_list(into)}
    assert known["Lovelace, Ada"] == ("12345", "67891", "", "ada@x.org")
    assert known["श्रीö"] == ("12346", "67892", "yes", "")
    assert known["anon Zz9"] == ("Zz9", "67894", "yes", "")
    assert "1 in " in said
    assert "of whom nothing was found: Sand, George" in said
    assert "liulei: left out: liulei_12347_text.html (online text)" in said


# a folder per student


def test_a_plain_folder(collect, into, tmp_path):
    put(tmp_path / "plain", {f"ada/{ASSIGNMENT}/{BOOK}": b"a", "ben.zip": zipped({BOOK: b"b"}), "notes.txt": b""})
    put(tmp_path / "plain", {"ada/.ipynb_checkpoints/x.ipynb": b"", ".DS_Store": b"", f"ada/{BOOK}": b"other"})
    for name in ("cleo", ".cache"):
        (tmp_path / "plain" / name).mkdir()
    code, said = collect(tmp_path / "plain")
    assert code == 0
    assert set(collected(into)) == {
        f"ada/{ASSIGNMENT}/{BOOK}",
        f"ada/{ASSIGNMENT}/another 2/{BOOK}",
        f"ben/{ASSIGNMENT}/ben.zip",
    }
    assert (into / "cleo" / ASSIGNMENT).is_dir()
    assert "notes.txt is no student's." in said
    assert "no archive: cleo\n" in said


# what is no submission


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"x.csv": b"student,points\n"}, "neither a folder, nor a zip archive, nor a list of repositories"),
        ({"x.tar": b"hello"}, "neither a folder, nor a zip archive, nor a list of repositories"),
        ({"x.zip": b"PK\3\4broken"}, "is broken"),
        ({"x.zip": zipped({"readme.txt": b""})}, "holds nothing of a student's"),
        ({}, "is not there"),
    ],
    ids=range(5),
)
def test_what_is_none_of_these_is_refused(collect, into, tmp_path, files, sentence):
    put(tmp_path, files)
    code, said = collect(tmp_path / next(iter(files), "nothing"))
    assert code == 2
    assert sentence in said
    assert not into.exists()


def test_a_folder_is_not_collected_into_itself(collect, into):
    put(into, {f"ada/{BOOK}": b"a"})
    assert collect(into)[0] == 2
    assert collect(into.parent)[0] == 2
    assert collected(into) == {f"ada/{BOOK}": b"a"}


# hostile archives and folders


def test_nothing_is_written_outside_and_links_are_not_followed(collect, into, tmp_path):
    link = zipfile.ZipInfo("Ada_1_assignsubmission_file_/link.ipynb")
    link.external_attr = 0o120777 << 16
    code, said = collect(
        zipped(
            {
                f"Ada_1_assignsubmission_file_/{BOOK}": b"a",
                link: b"/etc/passwd",
                "Ada_1_assignsubmission_file_/../../out.ipynb": b"x",
                "/abs_2_assignsubmission_file_/out.ipynb": b"x",
                "Ada_1_assignsubmission_file_/a\\..\\..\\b.ipynb": b"y",
                "Ada_1_assignsubmission_file_/a\nb\x1b[31m.ipynb": b"z",
                "._3_assignsubmission_file_/hidden.ipynb": b"h",
                "Ada_1_assignsubmission_file_/" + "é" * 120 + ".ipynb": b"long",
                "Ada_1_assignsubmission_file_/d/d/d/d/d/d/deep.ipynb": b"deep",
            }
        )
    )
    assert code == 0
    found = collected(into)
    assert found[f"Ada/{ASSIGNMENT}/{BOOK}"] == b"a"
    assert found[f"Ada/{ASSIGNMENT}/a .. .. b.ipynb"] == b"y"
    assert not any(path.name == "out.ipynb" for path in tmp_path.rglob("*"))
    assert not any(path.is_symlink() for path in into.rglob("*"))
    assert {path.split("/")[0] for path in found} == {"Ada"}
    assert any(path.endswith(".ipynb") and b == b"long" for path, b in found.items())
    assert "link.ipynb is a link, or its name leads elsewhere." in said
    assert "d/deep.ipynb lies too deep within folders." in said
    assert "\x1b" not in said


def test_links_in_a_folder_are_not_followed(collect, into, tmp_path):
    put(tmp_path / "plain", {f"ada/{BOOK}": b"a"})
    put(tmp_path / "secret", {"02.ipynb": b"secret"})
    (tmp_path / "plain" / "ada" / "more").symlink_to(tmp_path / "secret")
    (tmp_path / "plain" / "ben").symlink_to(tmp_path / "secret")
    (tmp_path / "plain" / "ada" / f"{TWO}.ipynb").symlink_to(tmp_path / "secret" / "02.ipynb")
    os.mkfifo(tmp_path / "plain" / "ada" / f"{THREE}.ipynb")
    code, said = collect(tmp_path / "plain")
    assert code == 0
    assert collected(into) == {f"ada/{ASSIGNMENT}/{BOOK}": b"a"}
    assert said.count("is a link, and links are not followed.") == 3


def test_a_bomb_is_left_out_and_said(collect, into):
    zeros = bytes(201 * 2**20)
    files = {f"Ada_1_assignsubmission_file_/{BOOK}": b"a", f"Ada_1_assignsubmission_file_/{TWO}.ipynb": zeros}
    code, said = collect(zipped(files))
    assert code == 0
    assert collected(into) == {f"Ada/{ASSIGNMENT}/{BOOK}": b"a"}
    assert f"{TWO}.ipynb is larger than 200 MB." in said


def test_a_download_with_very_many_files_is_to_be_unpacked(collect):
    code, said = collect(zipped({f"Ada_1_assignsubmission_file_/{n}.ipynb": b"" for n in range(5_001)}))
    assert code == 2
    assert "more than 5,000 members. Unpack it, and collect the folder instead." in said


def test_of_very_many_files_of_one_student_the_first_are_taken(collect, into):
    said = collect(zipped({f"Ada_1_assignsubmission_file_/{n:03}.ipynb": b"" for n in range(150)}))[1]
    assert len(collected(into)) == 100
    assert "Ada: There are more than 100 files; the first 100 were taken." in said


def test_modules_of_a_students_own_come_along_and_the_sessions_do_not(collect, into):
    files = ["utils.py", "mine/more.py", "helpers/data.py", "start.py", "notes.txt", f"{BOOK}.txt"]
    said = collect(zipped({f"Ada_1_assignsubmission_file_/{name}": b"x" for name in [BOOK, *files]}))[1]
    taken = [BOOK, f"{BOOK}.txt", "mine/more.py", "utils.py"]
    assert set(collected(into)) == {f"Ada/{ASSIGNMENT}/{name}" for name in taken}
    assert all(name in said for name in ("helpers/data.py", "start.py", "notes.txt"))


# names that speak for others

VICTIM = {f"Victor Good_999_assignsubmission_file_/{BOOK}": b"his own"}


@pytest.mark.parametrize(
    ("folder", "id", "name"),
    [
        ("Eve_999_assignsubmission_file_555_assignsubmission_file_", "555", "Eve_999_assignsubmission_file"),
        (
            "Victor Good_999_assignsubmission_file_555_assignsubmission_file",
            "555",
            "Victor Good_999_assignsubmission_file",
        ),
        (
            "Eve_999_assignsubmission_onlinetext_555_assignsubmission_file_",
            "555",
            "Eve_999_assignsubmission_onlinetext",
        ),
        ("Eve_999_555_assignsubmission_file_", "555", "Eve_999"),
    ],
)
def test_a_folder_of_moodles_belongs_to_whom_its_end_names(collect, into, folder, id, name):
    """A student may be called anything; what Moodle adds stands behind it."""
    code, said = collect(
        zipped(VICTIM | {f"{folder}/{BOOK}": b"eve's", "Nina_777_assignsubmission_file_/x.ipynb": b"n"})
    )
    assert code == 0
    assert "3 to collect" in said
    assert rows(into)["Victor Good"] == ("moodle", "999", "Victor Good")
    assert collected(into)[f"Victor Good/{ASSIGNMENT}/{BOOK}"] == b"his own"
    assert ("moodle", id, name) in rows(into).values()


@pytest.mark.parametrize(
    "file",
    [
        "Eve_999_assignsubmission_file_555_assignsubmission_file_01.ipynb",
        "Eve_555_assignsubmission_file_9_assignsubmission_file_.ipynb",
    ],
)
def test_a_file_of_moodles_that_reads_as_of_two_students_is_nobodys_and_named(collect, into, file):
    files = {
        f"Victor Good_999_assignsubmission_file_{BOOK}": b"his own",
        "Nina_777_assignsubmission_file_x.ipynb": b"n",
    }
    said = collect(zipped(files | {file: b"eve's"}))[1]
    assert set(rows(into)) == {"Victor Good", "Nina"}
    assert collected(into)[f"Victor Good/{ASSIGNMENT}/{BOOK}"] == b"his own"
    assert f"{file} is no student's." in said


def test_a_name_that_a_spreadsheet_would_run(collect, into):
    collect(zipped({f"=cmd()_1_assignsubmission_file_/{BOOK}": b"a"}))
    assert ",'=cmd()," in (into / LIST).read_text()
    assert rows(into) == {"=cmd()": ("moodle", "1", "=cmd()")}


# again


def test_again(collect, into):
    def moodle(times, **students):
        names = {student: f"{student}_{n}_assignsubmission_file_/{BOOK}" for n, student in enumerate(sorted(students))}
        return zipped(
            {names[student]: data for student, data in students.items()},
            {names[student]: times for student in students},
        )

    collect(moodle(MONDAY, Ada=b"1", Ben=b"1", Cleo=b"1"))
    put(into, {f"Cleo/{ASSIGNMENT}/{TWO}.ipynb": b"added by hand"})
    code, said = collect(moodle(TUESDAY, Ada=b"2", Ben=b"1", Cleo=b"2", Dora=b"1"))
    assert code == 0
    assert "1 new" in said
    assert "1 replaced by what is handed in now: Ada" in said
    assert "1 as before" in said
    assert "1 left as it is: Cleo" in said
    assert "was changed after it was collected" in said
    assert collected(into)[f"Ada/{ASSIGNMENT}/{BOOK}"] == b"2"
    assert collected(into)[f"Cleo/{ASSIGNMENT}/{BOOK}"] == b"1"
    code, said = collect(moodle(MONDAY, Ada=b"1", Ben=b"1"))
    assert "1 left as it is: Ada" in said
    assert "This is an earlier hand-in" in said
    assert collected(into)[f"Ada/{ASSIGNMENT}/{BOOK}"] == b"2"
    assert sorted(path.name for path in into.parent.iterdir()) == ["source.zip", "submitted"]


def test_names_stay_and_two_of_one_name_never_fall_together(collect, into):
    one, two = (f"Ada Lovelace_{n}_assignsubmission_file_/{BOOK}" for n in (1, 2))
    collect(zipped({one: b"1"}))
    collect(zipped({one: b"1", two: b"2"}))
    collect(zipped({two: b"2"}))
    expected = {f"Ada Lovelace/{ASSIGNMENT}/{BOOK}": b"1", f"Ada Lovelace 2/{ASSIGNMENT}/{BOOK}": b"2"}
    assert collected(into) == expected
    collect(zipped({f"ada lovelace_3_assignsubmission_file_/{BOOK}": b"3"}))  # on some disks the same folder
    assert collected(into) == expected | {f"ada lovelace 3/{ASSIGNMENT}/{BOOK}": b"3"}
    collect(zipped({f"ada lovelace 3_4_assignsubmission_file_/{BOOK}": b"4"}))
    assert collected(into)[f"ada lovelace 3 4/{ASSIGNMENT}/{BOOK}"] == b"4"


def test_what_somebody_put_there_stays(collect, into):
    put(into, {f"Ada/{BOOK}": b"by hand", "ben.zip": b"by hand"})
    code, said = collect(zipped({f"{name}_assignsubmission_file_/{BOOK}": b"1" for name in ("Ada_1", "Ben_2")}))
    assert code == 0
    assert collected(into) == {f"Ada/{BOOK}": b"by hand", "ben.zip": b"by hand"}
    assert "2 left as it is: Ada, Ben" in said
    assert rows(into) == {}


# when


def test_the_time_of_handing_in_is_known_where_files_differ_by_more_than_a_download_takes(collect, into):
    ada, ben = (f"{name}_assignsubmission_file_/{BOOK}" for name in ("Ada_1", "Ben_2"))
    said = collect(zipped({ada: b"1", ben: b"1"}, {ben: TUESDAY}))[1]
    written = timestamp(into / "Ben" / ASSIGNMENT)["timestamp"]
    assert written == datetime(*TUESDAY).astimezone(UTC).replace(tzinfo=None)
    assert "is not known" not in said


def test_the_time_of_a_download_is_not_taken_for_that_of_handing_in(collect, into):
    said = collect(zipped({f"{name}_assignsubmission_file_/{BOOK}": b"1" for name in ("Ada_1", "Ben_2")}))[1]
    assert "All files are of one hour, that of the download: when they were handed in is not known." in said
    assert timestamp(into / "Ada" / ASSIGNMENT) == {}


# GitHub Classroom


def repository(path, *commits):
    """Make a repository with some commits, of {path: bytes} or by a function of its folder, an hour apart."""
    path.mkdir(parents=True)
    subprocess.run([*GIT, "init", "--quiet", path], check=True)
    for n, files in enumerate(commits):
        files(path) if callable(files) else put(path, files)
        when = (datetime(*MONDAY, tzinfo=UTC) + timedelta(hours=n)).isoformat()
        environment = os.environ | {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
        subprocess.run([*GIT, "add", "--all"], cwd=path, check=True)
        subprocess.run([*GIT, "commit", "--quiet", "--message", "work"], cwd=path, env=environment, check=True)
    return path


def links(path):
    """Put a link, a submodule and a filter into a repository."""
    (path / f"{TWO}.ipynb").symlink_to("/etc/passwd")
    (path / ".gitattributes").write_text("*.ipynb filter=evil\n")
    (path / ".gitmodules").write_text(f'[submodule "m"]\n\tpath = m\n\turl = file://{path}\n')
    (path / "m").mkdir()
    head = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=path, check=True, capture_output=True, text=True).stdout
    command = [*GIT, "update-index", "--add", "--cacheinfo", f"160000,{head.strip()},m"]
    subprocess.run(command, cwd=path, check=True)


def arm(path):
    """Let all that git may run in a repository leave a file `owned` behind."""
    evil = path / ".git" / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {path.parent.parent}/owned\n")
    evil.chmod(0o755)
    (path / ".git" / "hooks").mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-receive", "update"):
        shutil.copy(evil, path / ".git" / "hooks" / name)
    settings = ("core.fsmonitor", "filter.evil.smudge", "core.sshCommand", "core.pager", "uploadpack.packObjectsHook")
    for setting in settings:
        subprocess.run([*GIT, "config", setting, str(evil)], cwd=path, check=True)


@pytest.fixture(scope="module")
def clones(tmp_path_factory):
    """A folder as `gh classroom clone student-repos` makes it: of Ada, of Ben, and one that is empty."""
    folder = tmp_path_factory.mktemp("clones") / "lab-submissions"
    ada = repository(folder / "lab-ada", {BOOK: b"1"}, {BOOK: b"2", "data.csv": b""}, {f"week/{TWO}.ipynb": b"3"})
    subprocess.run([*GIT, "checkout", "--quiet", "--detach"], cwd=ada, check=True)
    arm(repository(folder / "lab-Ben-X", {f"{ASSIGNMENT}/{BOOK}": b"1"}, links))
    subprocess.run([*GIT, "init", "--quiet", folder / "lab-cleo"], check=True)
    (folder / "readme").mkdir()
    return folder


def test_clones(collect, into, clones):
    code, said = collect(clones)
    assert code == 0
    assert "a folder of clones, 3 to collect" in said
    assert collected(into) == {
        f"ada/{ASSIGNMENT}/{BOOK}": b"2",
        f"ada/{ASSIGNMENT}/week/{TWO}.ipynb": b"3",
        f"Ben-X/{ASSIGNMENT}/{BOOK}": b"1",
    }
    assert timestamp(into / "ada" / ASSIGNMENT)["timestamp"] == datetime(2026, 11, 23, 12)
    assert "cleo: The repository, or its main branch, is empty." in said
    assert "readme is no clone." in said
    assert f"Ben-X: {TWO}.ipynb is a link, and links are not followed." in said
    assert "Ben-X: m is another repository, which is not read." in said
    owned = clones.parent / "owned"
    assert not owned.exists()
    subprocess.run([*GIT, "status"], cwd=clones / "lab-Ben-X", check=False, capture_output=True)
    assert owned.exists()  # so it is for who works in there
    owned.unlink()


def test_a_folder_of_clones_can_be_taken_for_a_folder_per_student(collect, into, clones):
    collect(clones, "--as", "folder")
    assert f"lab-ada/{ASSIGNMENT}/{BOOK}" in collected(into)
    assert rows(into)["lab-ada"] == ("folder", "lab-ada", "lab-ada")


def test_the_last_commit_before_the_deadline(collect, into, clones):
    collect(clones)
    said = collect(clones, "--deadline", "2026-11-23T11:00:00+00:00")[1]  # just when the second commit was made
    assert "1 replaced by what is handed in now: ada" in said
    assert collected(into)[f"ada/{ASSIGNMENT}/{BOOK}"] == b"2"
    assert f"ada/{ASSIGNMENT}/week/{TWO}.ipynb" not in collected(into)
    said = collect(clones, "--deadline", "2026-11-23 09:00+00:00")[1]
    assert collected(into) == {}
    assert "ada: The repository holds no commit of before 2026-11-23" in said


def test_a_merge_after_the_deadline_brings_nothing_of_before(collect, into, tmp_path):
    folder = tmp_path / "lab-submissions"
    path = repository(folder / "lab-ada", {BOOK: b"1"})
    subprocess.run([*GIT, "checkout", "--quiet", "-b", "side"], cwd=path, check=True)
    (path / BOOK).write_bytes(b"side")
    early = {"GIT_COMMITTER_DATE": "2026-11-23T10:30:00Z", "GIT_AUTHOR_DATE": "2026-11-23T10:30:00Z"}
    subprocess.run([*GIT, "commit", "--quiet", "-am", "side"], cwd=path, env=os.environ | early, check=True)
    subprocess.run([*GIT, "checkout", "--quiet", "main"], cwd=path, check=True)
    subprocess.run([*GIT, "merge", "--quiet", "--no-ff", "-m", "merged", "side"], cwd=path, check=True)
    collect(folder, "--deadline", "2026-11-23T11:00:00+00:00")
    assert collected(into) == {f"ada/{ASSIGNMENT}/{BOOK}": b"1"}


def test_a_roster_names_students(collect, into, clones, tmp_path):
    roster = tmp_path / "classroom_roster.csv"
    lines = ["ada@uni.org,ADA,1,Ada L", "ben,ben-x,2,", "x,X,3,", "nobody,,,", "zed@uni.org,zed,9,"]
    roster.write_text("identifier,github_username,github_id,name\n" + "\n".join(lines) + "\n")
    code, said = collect(clones, "--roster", roster)
    assert code == 0
    assert {row.student: (row.id, row.email) for row in read_list(into)} == {
        "ada@uni.org": ("lab-ada", "ada@uni.org"),
        "ben": ("lab-Ben-X", ""),
        "cleo": ("lab-cleo", ""),
    }
    assert "of whom nothing was found: x, nobody, zed@uni.org" in said


HEADER = "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,"
HEADER += "student_repository_url,submission_timestamp,points_awarded,points_available,group_name"


def listed(path, *rows):
    """Write GitHub Classroom's list of repositories; a row: (user, identifier, repository, URL, team)."""
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER.split(","))
        lines.writerows(["lab", "", "", *row[:4], "2026-11-23T12:00:00Z", "", "", *row[4:]] for row in rows)
    return path


def test_a_list_of_repositories_is_cloned(collect, into, clones, tmp_path):
    spaced = repository(tmp_path / "other" / "lab-zoë x", {BOOK: b"z"})
    urls = [(clones / name).as_uri() for name in ("lab-ada", "lab-Ben-X")]
    source = listed(
        tmp_path / "grades.csv",
        ("ada", "ada@uni.org", "lab-ada", urls[0], ""),
        ("ben", "", "org/lab-Ben-X", urls[1], "Team 1"),
        ("cleo", "", "org/lab-Ben-X", urls[1], "Team 1"),
        ("dora", "", "", "", ""),
        ("zoë", "", "", spaced.as_uri(), ""),
        ("eve", "", "lab-eve", f"ext::sh -c touch% {tmp_path}/owned", ""),
        ("fay", "", "lab-fay", "--upload-pack=touch owned", ""),
        ("gus", "", "lab-gus", (tmp_path / "nothing").as_uri(), ""),
    )
    code, said = collect(source)
    assert code == 1
    assert set(rows(into)) == {"ada@uni.org", "Team 1", "zoë"}
    assert collected(into)[f"zoë/{ASSIGNMENT}/{BOOK}"] == b"z"
    assert "dora has no repository in the list." in said
    for name in ("eve", "fay", "gus"):
        assert f"{name} could not be collected: git clone:" in said
    assert not (tmp_path / "owned").exists()
    assert not (clones.parent / "owned").exists()
    assert collect(clones)[1].count("as before") == 1  # the same repositories, now as clones
    assert sorted(rows(into)) == ["Team 1", "ada@uni.org", "cleo", "zoë"]


def test_without_a_deadline_no_history_is_fetched(collect, clones, monkeypatch):
    depths = []
    from grading.collect import repositories

    real = repositories.git

    def git(*arguments, **options):
        output = real(*arguments, **options)
        if arguments[0] == "clone":
            depths.append(int(real("rev-list", "--count", "--all", folder=arguments[-1])))
        return output

    monkeypatch.setattr(repositories, "git", git)
    collect(clones)
    collect(clones, "--deadline", "2030-01-01T00:00")
    assert depths == [1, 1, 0, 2, 3, 0]


def test_a_repository_that_unfolds_without_end_is_left_out(collect, into, tmp_path):
    path = repository(tmp_path / "lab-submissions" / "lab-ada", {BOOK: b"1"})
    run = {"cwd": path, "check": True, "capture_output": True, "text": True}
    tree = subprocess.run([*GIT, "rev-parse", "HEAD^{tree}"], **run).stdout.strip()
    for _ in range(12):  # ten of each: 10^12 files
        lines = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        tree = subprocess.run([*GIT, "mktree"], input=lines, **run).stdout.strip()
    commit = subprocess.run([*GIT, "commit-tree", tree, "-m", "boom"], **run).stdout.strip()
    subprocess.run([*GIT, "update-ref", "HEAD", commit], **run)
    code, said = collect(path.parent)
    assert code == 1
    assert "holds more than 5,000 files" in said
    assert collected(into) == {}


@pytest.mark.parametrize("text", ["2026-11-24", "soon", "2026-13-01T00:00"])
def test_a_deadline_is_a_time(collect, clones, text, capsys):
    with pytest.raises(SystemExit):
        collect(clones, "--deadline", text)
    assert text in capsys.readouterr().err


def test_a_deadline_is_for_repositories(collect):
    code, said = collect(zipped({f"Ada_1_assignsubmission_file_/{BOOK}": b""}), "--deadline", "2026-11-24T10:00")
    assert code == 2
    assert "--deadline is for repositories" in said
