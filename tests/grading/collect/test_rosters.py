"""`--roster`: who is who, in the languages and forms of Moodle's grading worksheet, and what is refused."""

import csv

import pytest

from grading.collect.headings import LANGUAGES, is_late
from grading.students import LIST, first_and_last, read_list
from tests.grading.collect.test_collect import BOOK, zipped

ADA, ZOE = ("Participant 12", "Ada Lovelace", "ada@x.org"), ("Teilnehmer/in13", "Zoë Ōe", "zoe@x.org")
DOWNLOAD = zipped({f"{name}_{id}_assignsubmission_file_/{BOOK}": b"a" for id, name in ((12, ADA[1]), (13, ZOE[1]))})


def worksheet(path, *people, language="English", delimiter=",", encoding="utf-8", late=()):
    """Write a grading worksheet, with a row (identifier, name, e-mail address) for each of the people."""
    names = LANGUAGES[language]
    with path.open("w", newline="", encoding=encoding) as file:
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerow([names.id, names.name, names.email, names.status, names.grade, names.most, names.feedback])
        for person in people:
            rows.writerow([*person, f"Submitted - 2 {late[0]} - Graded" if late else "Submitted", "", "35.00", ""])
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_is_read_in_whatever_form_and_it_is_said_in_which(
    collect, into, tmp_path, language, delimiter, encoding
):
    path = worksheet(tmp_path / "worksheet.csv", ADA, ZOE, language=language, delimiter=delimiter, encoding=encoding)
    code, said = collect(DOWNLOAD, "--roster", path)
    assert code == 0
    form = {"utf-16": "UTF-16"}.get(encoding, "UTF-8"), {",": "commas", ";": "semicolons", "\t": "tabs"}[delimiter]
    assert f"{path}: Moodle's grading worksheet ({', '.join(form)}, {language} headings), 2 students\n" in said
    assert {row.name: row.email for row in read_list(into)} == {name: email for _, name, email in (ADA, ZOE)}


@pytest.mark.parametrize(
    ("status", "late"),
    [
        ("Submitted for grading - 2 hours 5 mins late", True),
        ("Submitted for grading - 3 days late - Graded", True),
        ("Zur Bewertung abgegeben - 1 Stunde 2 Minuten später", True),
        ("Enviado para calificar - 5 minutos después - Calificado", True),
        ("Submitted for grading - Graded", False),
        ("No submission - Assignment is overdue by: 3 days", False),
        ("Submitted for grading - Extension granted until: Monday, 3 May 2027, late", False),
        ("Submitted, late", False),
        ("", False),
    ],
)
def test_late_is_what_moodle_calls_so(status, late):
    assert is_late(status) == late


def test_who_is_late_as_moodle_says_is_kept(collect, into, tmp_path):
    collect(DOWNLOAD, "--roster", worksheet(tmp_path / "worksheet.csv", ADA, ZOE, late=("days late",)))
    assert [row.late for row in read_list(into)] == ["yes", "yes"]


@pytest.mark.parametrize(
    ("people", "change", "sentence"),
    [
        ([ADA, ZOE, ADA], None, "has '12' in two rows: download it again."),
        ([], None, "names no student: download it again."),
        ([("Participant 7", "Li Lei", "l@x.org")], None, "is of another course or assignment than"),
        ([(ADA[0], "Li Lei", ""), (ZOE[0], "Mei Han", "")], None, "or most under other names. Nothing was collected."),
        ([ADA], ("Identifier", "Number"), "is no roster: it has neither the columns"),
        ([ADA], ("Email address", "Full name"), "has more than one column 'Full name'"),
        ([ADA], ("Ada", "\0"), "is neither UTF-8 nor UTF-16"),
    ],
    ids=["twice", "nobody", "strangers", "other names", "no column", "a column twice", "no text"],
)
def test_a_roster_that_cannot_be_is_refused_and_nothing_changes(collect, into, tmp_path, people, change, sentence):
    path = worksheet(tmp_path / "worksheet.csv", *people)
    if change:
        path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    collect(zipped({f"Ada Lovelace_12_assignsubmission_file_/{BOOK}": b"before"}))
    before = {file: file.read_bytes() for file in into.rglob("*") if file.is_file()}
    code, said = collect(DOWNLOAD, "--roster", path)
    assert code == 2
    assert sentence in said
    assert said.count("\n") == 1
    assert {file: file.read_bytes() for file in into.rglob("*") if file.is_file()} == before
    assert into / LIST in before


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Lovelace, Ada King", "Ada King", "Lovelace"),
        ("Ada King Lovelace", "Ada King", "Lovelace"),
        ("李雷", "", "李雷"),
    ],
)
def test_a_name_has_a_first_and_a_last_part(name, first, last):
    assert first_and_last(name) == (first, last)
