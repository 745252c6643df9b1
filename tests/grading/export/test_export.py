"""`python -m grading.export`: marks from the gradebook, in the files that Moodle and Canvas take."""

import csv
import io
import os
import re
import shutil
import sqlite3
import subprocess
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.collect.__main__ import main as collect
from grading.collect.headings import LANGUAGES
from grading.course import ASSIGNMENT, Course
from grading.export.__main__ import main
from grading.export.pages import NAMES
from grading.files import student_folder
from grading.publishing.gradebook import OUR_FAULT, record
from grading.running.results import FOLDER, Results
from grading.students import Known, read_list
from grading.tables import MARK, NoTable, Table
from grading.verdicts import Marked, Part, Verdict
from tests.grading.collect.test_collect import BOOK, GIT, repository, zipped
from tests.grading.publishing.test_gradebook import FAILED, WRONG, by_a_person, handed_in, marks_of, with_release
from tests.kit.totals import MOST, POINTS, REGISTRY

ADA, BEN, CLEO, DORA, EVE = "Ada Lovelace", "Ben O'Kri", "=Cleo", "Dora", "Eve 17"
IDS = {ADA: 11, BEN: 12, CLEO: 13, DORA: 14}
OF_ADA, OF_BEN, OF_EVE = f"{POINTS + 1.5:g}", f"{POINTS - 1:g}", f"{POINTS:g}"  # points
COMMENT = "=1+1 <b>Good</b>,\nsaid “she”"
HEADER = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"'
)
ROWS = [
    'Participant 11,"Ada Lovelace",ada@x.org,"Submitted for grading - ",,{most},Yes,"Monday, 23 November 2026",-,',
    'Participant 12,"Ben O\'Kri",+ben@x.org,"Submitted, ""late""","19,00",{most},Yes,-,-,"<p>Old</p>"',
    "Participant 13,=Cleo,cleo@x.org,Submitted,,{most},Yes,-,-,",
    "Participant 14,Dora,dora@x.org,Submitted,,{most},Yes,-,-,kept",
    'Participant 99,"Zoë, who was ill",zoe@x.org,"No submission",,{most},Yes,-,-,',
]


def worksheet(folder, most=f'"{MOST:g},00"', header=HEADER, end="\r\n", start=MARK):
    """Write a grading worksheet as Moodle writes it in a language with decimal commas."""
    path = folder / "worksheet.csv"
    lines = [header, *(row.format(most=most) for row in ROWS)]
    path.write_bytes((start + end.join(lines) + end).encode())
    return path


GRADEBOOK = (
    'Student,ID,SIS User ID,SIS Login ID,Section,Quiz (1),"Lab, 2 (222)",Lab (223),Current Score\n'
    ",,,,,,Manual Posting,,\n"
    "    Points Possible,,,,,5.00,{most},10.00,(read only)\n"
    '"Ada Lovelace",11,S1,ada,A,5.00,,1.00,80.0\n'
    '"Ben O\'Kri",12,S2,ben,A,4.00,7.00,,\n'
    "=Cleo,13,S3,cleo,A,4.00,12.00,,\n"
    "Dora,14,S4,dora,A,4.00,EX,,\n"
    '"Sand, George",15,S5,george,A,,3.00,,\n'
    '"Student, Test",16,,x,A,,,,\n'
)


def canvas_gradebook(folder, most=f"{MOST:g}.00"):
    """Write a gradebook as Canvas exports it."""
    path = folder / "gradebook.csv"
    path.write_text(GRADEBOOK.format(most=most))
    return path


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory, new_gradebook):
    """A course whose students were collected from Moodle, and again from Canvas, and are marked.

    Ada has all, and a person marked her open answer; Ben left it empty; Cleo's waits; the grader failed at one exercise
    of Dora's; Eve was not collected.
    """
    shutil.copy(new_gradebook, course)
    released = with_release(course)
    hand_ins = {f"{name.replace(chr(39), '')}_{id}_assignsubmission_file_/{BOOK}": b"" for name, id in IDS.items()}
    files = {"moodle": hand_ins, "canvas": {f"x{id}_{id}_{id}00_{BOOK}": b"" for id in IDS.values()}}
    folder = tmp_path_factory.mktemp("given")
    rosters = {"moodle": worksheet(folder), "canvas": canvas_gradebook(folder)}
    for platform, each in files.items():
        (folder / "source.zip").write_bytes(zipped(each))
        into = course / "submitted" if platform == "moodle" else course / platform
        assert collect([f"{folder}/source.zip", "--into", str(into), "--roster", str(rosters[platform])]) == 0
    empty = released.exercises["which-model"].stub
    answers = {ADA: {}, BEN: {"answer": empty}, CLEO: {}, DORA: {"answer": empty}, EVE: {"answer": empty}}
    verdicts = {BEN: {"classic_mf": WRONG}, DORA: {"koren_fit": FAILED}}
    for student, answer in answers.items():
        marks = marks_of(released, student, **verdicts.get(student, {}))
        record(course, released, student, handed_in(released, **answer), marks)
    by_a_person(course, ADA, "which-model", 1.5, COMMENT)
    return course


@pytest.fixture
def export(graded, tmp_path, capsys):
    """Export to a platform; return the exit code, the file's text (None: there is none), and what was printed.

    text: whether the file is to be read, as UTF-8.
    """

    def export(platform, *options, text=True):
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        code = main([platform, "--course", str(graded), "--out", str(out), *map(str, options)])
        said = capsys.readouterr()
        return code, out.read_bytes().decode() if text and out.exists() else None, said.out + said.err

    return export


def cells(text, column, key=0, delimiter=","):
    """Return {cell of the column `key`: cell of a column} of a table."""
    rows = csv.DictReader(io.StringIO(text.removeprefix(MARK), newline=""), delimiter=delimiter)
    return {list(row.values())[key]: row[column] for row in rows}


# Moodle's grading worksheet


def test_the_worksheet_is_filled_and_all_else_stays(export, tmp_path):
    path = worksheet(tmp_path)
    code, text, said = export("moodle", "--worksheet", path)
    assert code == 1  # Eve is not in it
    assert cells(text, "Grade") == {
        "Participant 11": OF_ADA.replace(".", ","),
        "Participant 12": OF_BEN,
        "Participant 13": "",
        "Participant 14": "",
        "Participant 99": "",
    }
    before, after = (content.split("\r\n") for content in (path.read_bytes().decode(), text))
    assert before[0] == after[0]
    assert before[4:] == after[4:]  # Dora's comment of before stays with her, and whoever handed in nothing
    feedback = f"{OF_ADA} of {MOST:g} points.<br>Open question: 1.5 of 2<br>=1+1 &lt;b&gt;Good&lt;/b&gt;,<br>said “she”"
    assert (
        after[1]
        == before[1].replace(f',,"{MOST:g},00",', f',"{OF_ADA.replace(".", ",")}","{MOST:g},00",') + f'"{feedback}"'
    )
    assert after[3] == before[3].replace(",=Cleo,", ",'=Cleo,")
    assert ",'+ben@x.org," in after[2]
    assert "2 of 5 students have a mark in it." in said
    assert "2 have no mark, since a person has still to mark:" in said
    assert "  =Cleo: Open question" in said
    assert f"  Dora: Exercise {REGISTRY.exercises['koren-fit'].number}" in said
    assert f"Ben O'Kri had 19,00 in the file, and has now {OF_BEN}." in said
    assert "Eve 17 was not collected from moodle (see --by), and is left out." in said
    assert "Rows of others, which stay as they are: 1." in said


def test_the_marks_so_far_and_another_scale(export, tmp_path):
    path = worksheet(tmp_path, most="100.00")
    text, said = export("moodle", "--worksheet", path, "--out-of", 100, "--unfinished")[1:]
    grades = cells(text, "Grade")
    assert [grades[f"Participant {n}"] for n in (11, 12, 13, 14)] == [
        f"{round(100 * points / MOST, 2):g}" for points in (POINTS + 1.5, POINTS - 1, POINTS, POINTS - 1)
    ]
    feedback = cells(text, "Feedback comments")["Participant 13"]
    assert feedback == f"{POINTS:g} of {MOST:g} points so far.<br>Open question: not marked yet"
    assert "2 have the points so far" in said


@pytest.mark.parametrize("most", ["100.00", "-", '"100,00"'])
def test_another_scale_is_refused(export, tmp_path, most):
    code, text, said = export("moodle", "--worksheet", worksheet(tmp_path, most=most))
    assert (code, text) == (2, None)
    assert ("Type --out-of 100" in said) == (most != "-")


def test_a_worksheet_in_another_language_and_from_another_program(export, tmp_path):
    path = worksheet(tmp_path, start="", end="\n")
    text = (
        path.read_text()
        .replace("Maximum Grade", "Maximum grade")
        .replace("Grade,", "Bewertung,", 1)
        .replace("Identifier", "ID", 1)
        .replace(f"{MOST:g},00", f"{MOST:g}")
    )
    rows = list(csv.reader(io.StringIO(text)))
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    code, text, said = export("moodle", "--worksheet", path)
    assert (code, text) == (2, None)
    assert "has no column 'Maximum Grade'" not in said
    assert "has no column 'Identifier', but: 'ID'" in said
    code, text, said = export("moodle", "--worksheet", path, "--column", "Identifier=ID", "--column", "Grade=Bewertung")
    assert cells(text, "Bewertung", delimiter=";")["Participant 11"] == OF_ADA
    assert export("moodle", "--worksheet", path, "--column", "Note=Bewertung")[0] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("language", ["German", "French", "Spanish"])
def test_a_worksheet_keeps_its_form_and_its_language(export, tmp_path, language, delimiter, encoding):
    path = worksheet(tmp_path, start="")
    rows = list(csv.reader(io.StringIO(path.read_text(), newline="")))
    words = dict(zip(LANGUAGES["English"], LANGUAGES[language], strict=True))
    rows[0] = [words.get(name, name) for name in rows[0]]
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    code, _, said = export("moodle", "--worksheet", path, text=False)
    assert code == 1  # Eve is not in it
    assert f"with {language} headings." in said
    assert {"utf-16": "UTF-16"}.get(encoding, "UTF-8") in said
    assert {";": "semicolons", "\t": "tabs"}[delimiter] in said
    assert (tmp_path / "out.csv").read_bytes()[:4] == path.read_bytes()[:4]
    text = (tmp_path / "out.csv").read_text(encoding=encoding)
    assert cells(text, words["Grade"], delimiter=delimiter)["Participant 11"] == OF_ADA.replace(".", ",")
    assert cells(text, words["Feedback comments"], delimiter=delimiter)["Participant 12"].startswith(f"{OF_BEN} of ")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: re.sub(r"Participant 1\d", "Participant 777", text, count=1), "holds 3 of"),
        (
            lambda text: re.sub(r"Participant \d+", lambda found: f"{found[0]}00", text),
            "Ada Lovelace is not in the file",
        ),
        (lambda text: re.sub(r'"Ada Lovelace"|"Ben O\'Kri"|Dora', "Alan", text), "Ada Lovelace has the number of Alan"),
        (lambda text: text + ROWS[0].format(most=MOST) + "\n", "has the number 11 in two rows: download it again."),
        (lambda text: text.replace("Identifier", "Number"), "has no column 'Identifier'"),
    ],
    ids=["one is missing", "other numbers", "other names", "twice", "no column"],
)
def test_a_worksheet_of_others_is_refused(export, tmp_path, change, sentence):
    path = worksheet(tmp_path)
    before = change(path.read_text(encoding="utf-8"))
    path.write_text(before, encoding="utf-8")
    code, text, said = export("moodle", "--worksheet", path)
    if sentence == "holds 3 of":  # that is no reason
        assert (code, "Ada Lovelace is not in the file, and is left out." in said) == (1, True)
        return
    assert (code, text) == (2, None)
    assert sentence in said
    assert said.count("\n") == 1
    assert path.read_text(encoding="utf-8") == before


def test_a_number_of_somebody_of_another_name_is_nobodys(export, tmp_path):
    path = worksheet(tmp_path)
    path.write_text(path.read_text().replace("Ada Lovelace", "Alan Turing"))
    code, text, said = export("moodle", "--worksheet", path)
    assert code == 1
    assert cells(text, "Grade")["Participant 11"] == ""
    assert "Ada Lovelace has the number of Alan Turing, and another name, and is left out." in said


def test_whoever_was_not_collected_is_matched_by_a_column_if_told_so(export, tmp_path):
    path = worksheet(tmp_path)
    path.write_text(path.read_text() + 'Participant 50,"EVE 17",,,,,,,,\nParticipant 51,Dora,,,,,,,,\n')
    code, text, said = export("moodle", "--worksheet", path, "--by", "Full name")
    assert code == 1
    assert cells(text, "Grade")["Participant 50"] == OF_EVE
    assert cells(text, "Grade")["Participant 12"] == OF_BEN
    assert "Dora stands in 2 rows, and is left out." in said


def test_the_worksheet_itself_is_never_written_over(graded, tmp_path, capsys):
    path = worksheet(tmp_path)
    before = path.read_bytes()
    assert main(["moodle", "--course", str(graded), "--worksheet", str(path), "--out", str(path)]) == 2
    assert path.read_bytes() == before
    assert "is to stay" in capsys.readouterr().err


# Moodle's gradebook


def test_a_plain_list(export):
    code, text, said = export("moodle")
    assert code == 1
    assert cells(text, "Recommenders 2") == {"ada@x.org": OF_ADA, "cleo@x.org": "", "dora@x.org": ""}
    assert "Ben O'Kri would be +ben@x.org there, which a spreadsheet takes for a formula, and is left out." in said
    assert "Eve 17 has no e-mail address here (see --by), and is left out." in said
    code, text, said = export("moodle", "--by", "student")
    assert cells(text, "Recommenders 2") == {ADA: OF_ADA, BEN: OF_BEN, DORA: "", EVE: OF_EVE}
    assert export("moodle", "--by", "Full name")[0] == 2


def test_what_the_grader_said_stands_in_the_comment(graded, export, tmp_path):
    """Ben's message is kept, and Dora's says nothing of how the grader failed; Ada's no longer belongs to her marks."""
    course = Course(graded)
    for student, verdicts in {
        ADA: {"row_dot": WRONG},
        BEN: {
            "classic_mf": Verdict("wrong", "✗ Exercise 2.1: <b>no</b>, 4 differ.\n  Is a term missing? " + "x" * 900)
        },
        DORA: {"koren_fit": FAILED},
    }.items():
        marks = marks_of(course, student, **verdicts)
        Results(course).save(Marked(student, {"all": Part("", marks, None, [])}, {}, []))
    comments = cells(export("moodle", "--worksheet", worksheet(tmp_path), "--unfinished")[1], "Feedback comments")
    shutil.rmtree(graded / FOLDER)  # others go on without
    title = REGISTRY.exercises["classic-mf"].heading
    assert (
        f"<br>{title}: 0 of 1<br>&lt;b&gt;no&lt;/b&gt;, 4 differ.<br>  Is a term missing? x"
        in comments["Participant 12"]
    )
    assert len(comments["Participant 12"]) < 1000
    assert OUR_FAULT in comments["Participant 14"]
    assert FAILED.message not in comments["Participant 14"]
    assert "4 of 4 values differ" not in comments["Participant 11"]


# Canvas's gradebook


def canvas(export, graded, path, *options, assignment="Lab, 2"):
    return export("canvas", "--submitted", graded / "canvas", "--gradebook", path, "--assignment", assignment, *options)


def test_one_column_of_canvas_is_filled(export, graded, tmp_path):
    code, text, said = canvas(export, graded, canvas_gradebook(tmp_path))
    assert code == 1
    assert text == (
        'Student,ID,SIS User ID,SIS Login ID,Section,"Lab, 2 (222)"\n'
        ",,,,,Manual Posting\n"
        f"    Points Possible,,,,,{MOST:g}.00\n"
        f'"Ada Lovelace",11,S1,ada,A,{OF_ADA}\n'
        f'"Ben O\'Kri",12,S2,ben,A,{OF_BEN}\n'
        "'=Cleo,13,S3,cleo,A,\n"
        "Dora,14,S4,dora,A,EX\n"
        '"Sand, George",15,S5,george,A,3.00\n'
        '"Student, Test",16,,x,A,\n'
    )
    assert "Dora is excused there, and is left out." in said
    assert "=Cleo had 12.00 in the file, and has now no mark." in said
    assert "Eve 17 was not collected from canvas (see --by)" in said


def test_an_assignment_that_is_not_there_or_has_another_scale(export, graded, tmp_path):
    path = canvas_gradebook(tmp_path)
    code, text, said = canvas(export, graded, path, assignment="Lab 2")
    assert (code, text) == (2, None)
    assert "There are: 'Quiz (1)', 'Lab, 2 (222)', 'Lab (223)'." in said
    assert "out of 10. Type --out-of 10" in canvas(export, graded, path, assignment="Lab")[2]
    assert canvas(export, graded, path, "--out-of", 10, assignment="Lab (223)")[0] == 1


# the gradebook of nbgrader


def test_without_a_gradebook_it_says_what_to_do(tmp_path, capsys):
    assert main(["moodle", "--course", str(tmp_path)]) == 2
    assert "grade first" in capsys.readouterr().err


def test_what_a_person_should_look_at_again_is_said_and_lateness_is_taken_off(graded, export, tmp_path):
    path = worksheet(tmp_path)
    with sqlite3.connect(graded / "gradebook.db") as db:
        flag = "UPDATE grade SET needs_manual_grade = ? WHERE manual_score IS NOT NULL"
        late = "UPDATE submitted_notebook SET late_submission_penalty = ? WHERE assignment_id = "
        late += "(SELECT id FROM submitted_assignment WHERE student_id = ?)"
        try:
            db.execute(flag, [1])
            db.execute(late, [0.5, BEN])
            db.commit()
            text, said = export("moodle", "--worksheet", path)[1:]
        finally:
            db.execute(flag, [0])
            db.execute(late, [None, BEN])
            db.commit()
    assert "Ada Lovelace: look again at what was marked by hand: Open question" in said
    assert cells(text, "Grade")["Participant 11"] == OF_ADA.replace(".", ",")
    off = 0.5 * len(REGISTRY.notebooks)
    assert cells(text, "Grade")["Participant 12"] == f"{POINTS - 1 - off:g}".replace(".", ",")
    assert f"{off:g} points were taken off" in cells(text, "Feedback comments")["Participant 12"]


# tables


@given(
    st.lists(st.lists(st.text('a1=,;\t" \né', max_size=6), min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_a_table_is_read_as_csv_and_written_as_it_was(tmp_path_factory, rows, delimiter, end, quoting):
    file = io.StringIO()
    header = [f"name {n}" for n in range(len(rows[0]))]
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *rows])
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(file.getvalue().encode())
    table = Table(path)
    assert [[table.cell(row, n) for n in range(len(cells))] for row, cells in enumerate(rows)] == rows
    assert table.content().decode() == file.getvalue()
    table.fill(0, 0, '=a"\n,')
    assert next(csv.reader(io.StringIO(table.content().decode(), newline=""), delimiter=delimiter)) == header
    assert table.cell(0, 0) == '=a"\n,'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no table"),
        (b"a\nb\n", "is no table"),
        (b"a,b\n1,\xff", "is neither UTF-8 nor UTF-16"),
        (b'a,b\n1,2\n3,"4"5\n', "line 3"),
        ("a,b\n1,2\n".encode("utf-16-le"), "is neither UTF-8 nor UTF-16"),  # without the mark that says so
    ],
    ids=range(5),
)
def test_what_is_no_table_is_told(tmp_path, data, sentence):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(NoTable, match=sentence):
        Table(path)


# pages to hand back


@pytest.fixture
def pages(graded, tmp_path, capsys):
    """Pack pages for a platform; return the exit code, {name in the zip: text}, and what was printed."""
    for student in (ADA, BEN, CLEO):
        place = student_folder(graded, "feedback", student, ASSIGNMENT)
        place.mkdir(parents=True, exist_ok=True)
        (place / "feedback.html").write_text(f"<p>{student}", encoding="utf-8")

    def pages(platform, *options):
        out = tmp_path / "pages.zip"
        out.unlink(missing_ok=True)
        code = main(["pages", "--platform", platform, "--course", str(graded), "--out", str(out), *map(str, options)])
        said = capsys.readouterr()
        if not out.exists():
            return code, None, said.err
        with ZipFile(out) as archive:
            return code, {name: archive.read(name).decode() for name in archive.namelist()}, said.out

    return pages


def moodles_reading(path):
    """Return (participant, plugin, rest) as Moodle reads them out of a path in the zip: importziplib.php."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdecimal():
            return int(info[1]), "_".join(info[2:4]), "/".join([*info[4:], *parts])
    return None


def canvas_reading(path):
    """Return (user, attachment) as Canvas reads them out of a file's name: infer_comment_context_from_filename."""
    numbers = [part for part in path.split("/")[-1].split("_") if re.fullmatch(r"[0-9]+", part)]
    return tuple(map(int, numbers[:2]))


def test_moodle_finds_everybodys_page(pages):
    code, found, said = pages("moodle")
    read = {moodles_reading(path): text for path, text in found.items()}
    assert read == {
        (IDS[student], "assignfeedback_file", "feedback.html"): f"<p>{student}" for student in (ADA, BEN, CLEO)
    }
    assert code == 1
    assert "3 of 5 students have a page in it." in said
    assert "Dora has no page: grade again, and is left out." in said
    assert "Eve 17 was not collected from moodle, and is left out." in said


def test_canvas_finds_everybodys_page(pages, graded):
    _, found, _ = pages("canvas", "--submitted", graded / "canvas")
    read = {canvas_reading(path) for path in found}
    theirs = {(int(row.id), int(row.submission)) for row in read_list(graded / "canvas") if row.student in IDS}
    assert read <= theirs
    assert all("/" not in path and path.endswith("_feedback.html") for path in found)


def test_the_same_pages_make_the_same_zip(pages, tmp_path):
    pages("moodle")
    first = (tmp_path / "pages.zip").read_bytes()
    pages("moodle")
    assert (tmp_path / "pages.zip").read_bytes() == first


def test_where_there_is_no_page_nothing_is_written(pages):
    code, found, said = pages("github")
    assert (code, found) == (2, None)
    assert said.startswith("There is no page to pack for github: =Cleo was not collected from github; ")


# pages in clones


@pytest.fixture
def clones(graded, tmp_path):
    """A folder of clones of Ada's, Ben's and Cleo's repositories, collected; Ben's and Cleo's have such a file."""
    own = {BEN: {"feedback.html": b"my own"}, CLEO: lambda path: (path / "feedback.html").symlink_to(BOOK)}
    for student in (ADA, BEN, CLEO):
        origin = repository(
            tmp_path / "origins" / f"lab-{IDS[student]}", {BOOK: b"work"}, own.get(student, {"x": b"x"})
        )
        subprocess.run([*GIT, "config", "receive.denyCurrentBranch", "updateInstead"], cwd=origin, check=True)
        clone = tmp_path / "lab-submissions" / origin.name
        subprocess.run([*GIT, "clone", "--quiet", origin, clone], check=True)
    roster = tmp_path / "roster.csv"
    rows = "".join(f"{student},{id}\n" for student, id in IDS.items())
    roster.write_text(f"identifier,github_username\n{rows}")
    folder = tmp_path / "lab-submissions"
    assert collect([str(folder), "--into", str(tmp_path / "github"), "--roster", str(roster)]) == 0
    return folder


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}


@pytest.mark.parametrize("again", [False, True])
def test_a_page_is_written_into_each_clone_and_nothing_else_is_touched(pages, graded, clones, tmp_path, capsys, again):
    place = student_folder(graded, "feedback", ADA, ASSIGNMENT) / "feedback.html"
    page = "<!DOCTYPE html>\n<meta policy>\n<title>Ada</title>"
    pages("moodle")  # which makes everybody's page
    place.write_text(page)
    before = everything(clones)
    arguments = ["clones", str(clones), "--course", str(graded), "--submitted", str(tmp_path / "github")]
    capsys.readouterr()
    for text in [page, page.replace("Ada", "Ada, again")][: 1 + again]:
        place.write_text(text)
        assert main(arguments) == 1
    said = capsys.readouterr().out
    assert "1 of 5 students have a page in it." in said
    for student in (BEN, CLEO):
        assert f"{student} has another {clones}/lab-{IDS[student]}/feedback.html, which stays, and is left out." in said
    written = clones / "lab-11" / "feedback.html"
    assert everything(clones) == before | {written: text.encode()}
    command = said[said.index("  for page in") : said.index("done\n") + 4]
    (clones / "lab-11" / BOOK).write_bytes(b"changed, and not ours to commit")
    names = {f"GIT_{who}_{what}": "a@x.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["sh", "-c", command], env=os.environ | names, check=False, capture_output=True)
    show = [*GIT, "show", "--format=%s", "--name-only", "HEAD"]
    done = subprocess.run(show, cwd=tmp_path / "origins" / "lab-11", capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Feedback", "feedback.html"]
    others = subprocess.run(show, cwd=tmp_path / "origins" / "lab-12", capture_output=True, text=True, check=True)
    assert others.stdout.split() == ["work", "feedback.html"]  # Ben's own, as it was


def test_where_there_is_no_clone_no_page_is_written(pages, graded, tmp_path, capsys):
    pages("moodle")
    assert main(["clones", str(tmp_path), "--course", str(graded)]) == 2
    assert capsys.readouterr().err.startswith(
        f"No page was written into {tmp_path}: =Cleo was not collected from github"
    )


@pytest.mark.parametrize(
    ("name", "plain"),
    [("O_Kri_17", "OKri"), ("../../x", "x"), ("Zoë Ōe", "Zoë Ōe"), ("99 _ 7", "student"), ("李雷", "李雷")],
)
def test_no_name_leads_a_page_elsewhere(name, plain):
    person = Known("x", "moodle", "12", name, "", "34", "", "", "", "")
    assert NAMES["moodle"](person) == f"{plain}_12_assignfeedback_file/feedback.html"
    assert moodles_reading(NAMES["moodle"](person))[0] == 12
    assert canvas_reading(NAMES["canvas"](person)) == (12, 34)
    assert NAMES["moodle"](person._replace(id="anon")) == NAMES["canvas"](person._replace(submission="")) == ""
