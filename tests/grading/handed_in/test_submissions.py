"""Submissions are found and read, however they were named, packed, encoded or broken; nothing else is touched."""

import gzip
import io
import json
import os
import pickle
import tarfile
import time
import zipfile
from contextlib import suppress
from copy import deepcopy
from functools import cache
from itertools import chain
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grading.course import ASSIGNMENT, Course
from grading.handed_in.archives import MAX_UNPACKED, Source
from grading.handed_in.matching import match
from grading.handed_in.outputs import clean_html
from grading.handed_in.reading import end_of_list
from grading.handed_in.submissions import (
    MAX_MODULES,
    Unreadable,
    class_folder,
    content_of,
    find_submissions,
    held,
    left_out,
    read_notebook,
)
from grading.texts import readable

COURSE = Course()
NAMES = list(COURSE.released)
ONE, TWO, THREE, FOUR, *_ = NAMES
OF_ONE = sum(exercise.notebook == ONE for exercise in COURSE.automatic.values())
RELEASE = {name: nbformat.writes(notebook).encode() for name, notebook in COURSE.released.items()}


def answered(name):
    """Return the bytes of the student notebook `name` with all answers filled in."""
    notebook = nbformat.from_dict(COURSE.released[name])
    for cell in notebook.cells:
        if cell.id in COURSE.exercises:
            cell.source = COURSE.exercises[cell.id].solution
    return nbformat.writes(notebook).encode()


def put(folder, files):
    """Write files, given as bytes by their paths."""
    for path, data in files.items():
        path = folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def zipped(files):
    """Return a zip of files, given as bytes by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(files, mode="w:gz"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def only(folder):
    (submission,) = find_submissions(folder, COURSE)
    return submission


def taken(submission):
    """Return what was taken as which notebook."""
    return {name: str(source) for name, source in submission.files.items()}


# layouts

ALL = {f"{name}.ipynb": data for name, data in RELEASE.items()}
HOME = {f"{ASSIGNMENT}/{name}": data for name, data in ALL.items()}
LAYOUTS = {
    "folder": {f"bob/{name}": data for name, data in HOME.items()},
    "flat": {f"bob/{name}": data for name, data in ALL.items()},
    "deep": {f"bob/my work/session/{name}": data for name, data in HOME.items()},
    "zip": {"bob.zip": zipped(HOME)},
    "zip of flat files": {"bob.ZIP": zipped(ALL)},
    "zip in folder": {"bob/submission.zip": zipped(HOME)},
    "zip in zip": {"bob.zip": zipped({"inner.zip": zipped(HOME)})},
    "tar.gz": {"bob.tar.gz": tarred(HOME)},
    "tar in zip": {"bob/a.zip": zipped({"b.tar": tarred(HOME, "w:")})},
}


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_all_notebooks_are_found(tmp_path, files):
    put(tmp_path, files)
    before = sorted(tmp_path.rglob("*"))
    submission = only(tmp_path)
    assert submission.student == "bob"
    assert not submission.notes
    assert {name: source.read() for name, source in submission.files.items()} == RELEASE
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked


def test_everyone_who_is_there_has_a_submission(tmp_path):
    odd = ["Zoë Müller", "a, b", "=cmd()", ".hidden", "'; drop table", "李雷", "a\nb", " c ", "-rf", "name.with.dots"]
    put(tmp_path, {f"{name}/{ONE}.ipynb": RELEASE[ONE] for name in odd})
    put(tmp_path, {"zed.zip": b"no zip", "rar.rar": b"Rar!", "empty.zip": b"", "dora/report.pdf": b""})
    (tmp_path / "nothing").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    found = find_submissions(tmp_path, COURSE)
    students = [submission.student for submission in found]
    expected = [*odd, "zed", "rar", "empty", "dora", "nothing", "link"]
    assert students == sorted(name.replace("\n", "\\n") for name in expected)
    by_name = {submission.student: submission for submission in found}
    assert all(list(by_name[name.replace("\n", "\\n")].files) == [ONE] for name in odd)
    assert by_name["zed"].notes == ["The archive zed.zip is broken: File is not a zip file."]
    assert by_name["rar"].notes == ["rar.rar is an archive that is not read: only zip, tar and tar.gz are."]
    assert by_name["link"].notes == ["link is a link, and links are not followed."]


def test_names_that_are_no_text_are_told_apart(tmp_path):
    for name in (b"b\xff", b"b\xfe", rb"b\udcff"):
        (tmp_path / os.fsdecode(name)).mkdir()
    students = [submission.student for submission in find_submissions(tmp_path, COURSE)]
    assert sorted(students) == ["b\\udcfe", "b\\udcff", "b\\udcff (2)"]


def test_stray_files_are_told(tmp_path):
    put(tmp_path, {"grades.csv": b"", "01.ipynb": b"", ".DS_Store": b"", "bob/01.ipynb": RELEASE[ONE]})
    assert left_out(tmp_path) == ["01.ipynb", "grades.csv"]


def test_what_else_is_sent_along_is_not_taken(tmp_path):
    put(tmp_path, LAYOUTS["folder"])
    others = ["numpy.py", "helpers/checks.py", ".ipynb_checkpoints/01_reviews_to_batches-checkpoint.ipynb"]
    put(tmp_path, {f"bob/{ASSIGNMENT}/{name}": b"print('owned')" for name in others})
    put(tmp_path, {f"bob/__MACOSX/._{ONE}.ipynb": b"\0"})
    assert taken(only(tmp_path)) == {name: f"bob/{ASSIGNMENT}/{name}.ipynb" for name in NAMES}


# which file is which notebook


@pytest.mark.parametrize(
    "file_name",
    [
        f"{TWO} (1).ipynb",
        f"Copy of {TWO}.ipynb",
        f"bob_{TWO}_final.IPYNB",
        "02-matrix-factorization.ipynb",
        "notebook2_final.ipynb",
        "Untitled.ipynb",
        "übung.ipynb",
    ],
)
def test_a_renamed_notebook_is_recognised(tmp_path, file_name):
    put(tmp_path, {f"bob/{file_name}": answered(TWO)})
    assert taken(only(tmp_path)) == {TWO: f"bob/{file_name}"}


def test_a_notebook_of_something_else_is_told(tmp_path):
    put(tmp_path, {"bob/holiday.ipynb": nbformat.writes(nbformat.v4.new_notebook()).encode(), "bob/x.ipynb": b"{"})
    submission = only(tmp_path)
    assert submission.files == {}
    assert "bob/holiday.ipynb is none of the notebooks of the course." in submission.notes
    assert any(note.startswith("bob/x.ipynb: The file is no notebook, its JSON is broken") for note in submission.notes)


def test_of_several_files_the_one_with_answers_is_taken(tmp_path):
    put(tmp_path, {f"bob/{ASSIGNMENT}/{ONE}.ipynb": RELEASE[ONE], f"bob/{ONE}-Copy1.ipynb": answered(ONE)})
    submission = only(tmp_path)
    assert taken(submission) == {ONE: f"bob/{ONE}-Copy1.ipynb"}
    expected = f"Several files may be {ONE}: bob/{ONE}-Copy1.ipynb was taken, and not bob/{ASSIGNMENT}/{ONE}.ipynb."
    assert submission.notes == [expected]


def test_of_several_answered_files_the_exact_name_then_the_latest_is_taken(tmp_path):
    files = {f"bob/{ONE}{ending}.ipynb": answered(ONE) + b" " * n for n, ending in enumerate([" (2)", " (1)", ""])}
    put(tmp_path, files)
    for n, path in enumerate(files):
        os.utime(tmp_path / path, (1e9 - n, 1e9 - n))
    assert taken(only(tmp_path)) == {ONE: f"bob/{ONE}.ipynb"}
    (tmp_path / f"bob/{ONE}.ipynb").unlink()
    assert taken(only(tmp_path)) == {ONE: f"bob/{ONE} (2).ipynb"}


def test_the_same_file_twice_is_not_worth_a_note(tmp_path):
    put(tmp_path, LAYOUTS["folder"] | LAYOUTS["zip"])
    submission = only(tmp_path)
    assert not submission.notes
    assert taken(submission) == {name: f"bob/{ASSIGNMENT}/{name}.ipynb" for name in NAMES}


@pytest.mark.parametrize(
    "name", [f"{ONE}.ipynb.txt", f"{ONE}.ipynb.json", f"{ONE}.json", f"{ONE}.ipynb (1).txt", f"{ONE}.IPYNB.TXT"]
)
def test_a_notebook_that_a_browser_saved_as_text_is_taken_and_noted(tmp_path, name):
    put(tmp_path, {f"bob/{name}": answered(ONE), "bob/notes.txt": b"a", "bob/data.json": b"{}"})
    submission = only(tmp_path)
    assert taken(submission) == {ONE: f"bob/{name}"}
    assert submission.notes == [f"bob/{name} was taken for {ONE}.ipynb."]


@pytest.mark.parametrize("where", ["untitled.json", "work/my answers.JSON"])
def test_a_notebook_saved_as_json_under_another_name_is_taken_and_data_are_not(tmp_path, where):
    put(tmp_path, {f"bob/{where}": answered(ONE), "bob/data.json": b"{}", "bob/list.json": b"[1", "bob/a.json": b"\0"})
    (tmp_path / "bob" / f"{ONE}.pipe.json").mkdir()
    os.mkfifo(tmp_path / "bob" / "pipe.json")
    submission = only(tmp_path)
    assert taken(submission) == {ONE: f"bob/{where}"}
    assert submission.notes == [f"bob/{where} was taken for {ONE}.ipynb."]


def merged(*names):
    """Return the answered notebooks `names`, pasted into one."""
    books = [nbformat.reads(answered(name), as_version=4) for name in names]
    books[0].cells = [cell for book in books for cell in book.cells]
    return json.dumps(books[0]).encode()


@pytest.mark.parametrize("name", [f"{FOUR}.ipynb", f"{ONE}.ipynb", "everything.ipynb", "session.ipynb.txt"])
@pytest.mark.parametrize("order", [NAMES, NAMES[::-1]], ids=["in order", "backwards"])
def test_all_notebooks_in_one_file_are_found_in_it(tmp_path, name, order):
    put(tmp_path, {f"bob/{name}": merged(*order)})
    submission = only(tmp_path)
    assert taken(submission) == dict.fromkeys(NAMES, f"bob/{name}")
    assert sum("was not handed in by itself" in note for note in submission.notes) == len(NAMES) - 1
    for notebook in NAMES:
        found = match(read_notebook(submission.files[notebook]), notebook, COURSE)
        assert not found.missing
        answers = [step for step in found.steps if step.role == "answer"]
        assert all(step.source == COURSE.exercises[step.exercise].solution for step in answers)
        assert not any(step.changed for step in found.steps if step.role == "check")


def test_a_notebook_by_itself_comes_before_its_cells_in_another_file(tmp_path):
    put(tmp_path, {f"bob/{ONE}.ipynb": merged(ONE, TWO), f"bob/{TWO}.ipynb": RELEASE[TWO]})
    submission = only(tmp_path)
    assert taken(submission) == {ONE: f"bob/{ONE}.ipynb", TWO: f"bob/{TWO}.ipynb"}
    assert not submission.notes


def test_a_notebook_that_uses_an_earlier_model_is_not_taken_for_the_earlier_notebook(tmp_path):
    notebook = nbformat.reads(answered(TWO), as_version=4)
    notebook.cells.insert(3, nbformat.v4.new_code_cell(COURSE.exercises["row-dot"].solution))
    put(tmp_path, {f"bob/{TWO}.ipynb": nbformat.writes(notebook).encode()})
    assert list(only(tmp_path).files) == [TWO]


# the student's own modules


def modules(submission):
    return {name: list(found) for name, found in submission.modules.items()}


def test_python_files_beside_a_notebook_come_with_it(tmp_path):
    beside = ["utils.py", "mine/__init__.py", "mine/more.py"]
    others = ["helpers/data.py", "exercises/x.py", "start.py", "a-b.py", "two words/x.py", "notes.md"]
    put(tmp_path, {f"bob/work/{ONE}.ipynb": RELEASE[ONE], "bob/elsewhere.py": b""})
    put(tmp_path, {f"bob/work/{name}": b"x = 1" for name in [*beside, *others]})
    assert modules(only(tmp_path)) == {ONE: sorted(beside)}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_python_files_in_an_archive_come_with_the_notebook_there(tmp_path, pack):
    put(tmp_path, {"bob/a.zip": zipped({"b.zip": pack({f"x/{ONE}.ipynb": RELEASE[ONE], "x/utils.py": b"x = 1"})})})
    submission = only(tmp_path)
    assert modules(submission) == {ONE: ["utils.py"]}
    assert content_of(submission, ONE).modules == {"utils.py": b"x = 1"}


def test_a_changed_module_is_another_submission(tmp_path):
    put(tmp_path, {f"bob/{ONE}.ipynb": RELEASE[ONE], "bob/utils.py": b"x = 1"})
    before = only(tmp_path).digests
    put(tmp_path, {"bob/other.txt": b"", "bob/utils.py": b"x = 1"})
    assert only(tmp_path).digests == before
    put(tmp_path, {"bob/utils.py": b"x = 2"})
    assert only(tmp_path).digests != before


def test_of_very_many_modules_some_are_taken_and_large_ones_left_out(tmp_path):
    put(tmp_path, {f"bob/{ONE}.ipynb": RELEASE[ONE], "bob/a.py": b"#" * 2**21})
    put(tmp_path, {f"bob/m{n:03}.py": b"" for n in range(80)})
    submission = only(tmp_path)
    assert len(submission.modules[ONE]) == MAX_MODULES
    assert "a.py" not in content_of(submission, ONE).modules
    assert len(content_of(submission, ONE).modules) == MAX_MODULES - 1
    assert submission.notes == [
        f"Beside bob/{ONE}.ipynb are more than {MAX_MODULES} Python files; the first {MAX_MODULES} were taken."
    ]


# a folder too many


@pytest.mark.parametrize("kind", ["folders", "archives"])
def test_a_folder_around_the_class_is_seen(tmp_path, kind):
    for student in ("ann", "bob"):
        path = f"download/{student}.zip" if kind == "archives" else f"download/{student}/{ASSIGNMENT}/{ONE}.ipynb"
        put(tmp_path, {path: zipped(ALL) if kind == "archives" else RELEASE[ONE]})
    put(tmp_path, {"download/zoe/nothing.txt": b""})
    assert class_folder(tmp_path, COURSE) == tmp_path / "download"
    assert [submission.student for submission in find_submissions(tmp_path, COURSE)] == ["ann", "bob", "zoe"]


@pytest.mark.parametrize(
    "paths",
    [
        [f"ann/{ASSIGNMENT}/{ONE}.ipynb"],
        [f"ann/week {n}/{name}.ipynb" for n, name in enumerate(NAMES)],
        [f"ann/{ONE}.ipynb", f"ann/{TWO}.ipynb"],
        [f"{student}/{ASSIGNMENT}/{ONE}.ipynb" for student in ("ann", "bob")],
    ],
    ids=["one student", "a folder a week", "flat", "two students"],
)
def test_a_students_own_folders_are_no_class(tmp_path, paths):
    put(tmp_path, dict.fromkeys(paths, RELEASE[ONE]))
    assert class_folder(tmp_path, COURSE) == tmp_path


def test_names_in_a_zip_of_macos_are_read_as_they_were_written(tmp_path):
    """Its Archive Utility writes UTF-8 and does not say so."""
    name = f"U\u0308bung – Zoë/{ONE}.ipynb"
    data = zipped({name: RELEASE[ONE], f"__MACOSX/._{ONE}.ipynb": b"\0"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first, start = archive.infolist()[0].header_offset, archive.start_dir
    unsaid = bytearray(data)
    for flag in (first + 7, start + 9):
        unsaid[flag] &= ~8
    put(tmp_path, {"bob.zip": bytes(unsaid)})
    submission = only(tmp_path)
    assert taken(submission) == {ONE: f"bob.zip: {name}"}
    assert submission.files[ONE].read() == RELEASE[ONE]


# what is no regular file


def test_links_and_pipes_are_refused(tmp_path):
    secret = tmp_path / "solutions" / f"{ONE}.ipynb"
    put(tmp_path, {f"solutions/{ONE}.ipynb": RELEASE[ONE], "submitted/bob/README.md": b""})
    bob = tmp_path / "submitted" / "bob"
    (bob / f"{ONE}.ipynb").symlink_to(secret)
    (bob / "more").symlink_to(secret.parent)
    os.mkfifo(bob / f"{TWO}.ipynb")
    (bob / f"{THREE}.ipynb").mkdir()
    submission = only(tmp_path / "submitted")
    assert submission.files == {}
    assert submission.notes == [
        f"bob/{ONE}.ipynb is a link, and links are not followed.",
        f"bob/{TWO}.ipynb is no regular file.",
        "bob/more is a link, and links are not followed.",
    ]
    for parts in [(f"{ONE}.ipynb",), (f"{TWO}.ipynb",), (f"{THREE}.ipynb",), ("more", f"{ONE}.ipynb")]:
        with pytest.raises(Unreadable):  # also if one comes to lie there after the search
            Source(bob, parts).read()


def test_links_in_archives_and_names_that_lead_out_are_not_taken(tmp_path):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"{ONE}.ipynb")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    link = zipfile.ZipInfo(f"{ONE}.ipynb")
    link.external_attr = 0o120777 << 16
    outside = {f"/{ONE}.ipynb": RELEASE[ONE], f"../{TWO}.ipynb": RELEASE[TWO]}
    put(tmp_path, {"a.tar": file.getvalue(), "b.zip": zipped({link: "/etc/passwd"}), "c.zip": zipped(outside)})
    assert [submission.files for submission in find_submissions(tmp_path, COURSE)] == [{}, {}, {}]


# archives that mean harm, or are of a kind that is not read


def with_password(data):
    """Mark the members of a zip as encrypted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for where in [archive.start_dir, *(info.header_offset for info in archive.infolist())]:
            flag = where + (8 if where == archive.start_dir else 6)
            data = data[:flag] + b"\1" + data[flag + 1 :]
    return data


def test_an_archive_with_a_password_is_told(tmp_path):
    put(tmp_path, {"bob.zip": with_password(zipped({f"{ONE}.ipynb": RELEASE[ONE]}))})
    assert only(tmp_path).notes == ["The archive bob.zip has a password, which the grader does not know."]


@pytest.mark.proof
def test_bombs_are_refused_quickly(tmp_path):
    zeros = bytes(250 * 2**20)
    put(tmp_path, {"a.zip": zipped({f"{ONE}.ipynb": zeros}), "b.zip": zipped({"c.zip": zeros})})
    put(tmp_path, {"d.tar.gz": gzip.compress(tarred({"x": b""}, "w:")[:512] + zeros + zeros, 1)})
    put(tmp_path, {"e.zip": zipped({f"{n}.ipynb": b"" for n in range(6_000)})})
    data = zipped({"01.ipynb": b""})
    for _ in range(6):
        data = zipped({"inner.zip": data})
    put(tmp_path, {"f.zip": data})
    del zeros
    begin = time.process_time()
    found = {submission.student: submission for submission in find_submissions(tmp_path, COURSE)}
    with pytest.raises(Unreadable, match="larger than 200 MB"):
        read_notebook(found["a"].files[ONE])
    assert time.process_time() - begin < 20
    assert found["b"].notes == ["The file c.zip is larger than 200 MB."]
    assert "more than 5,000 members" in found["e"].notes[0]
    assert found["f"].notes == [
        "f.zip: inner.zip: inner.zip: inner.zip is one archive too many, and was not looked into."
    ]


def test_a_tar_that_unpacks_to_too_much_is_refused(tmp_path):
    info = tarfile.TarInfo("large")
    info.size = MAX_UNPACKED + 2**20
    with gzip.open(tmp_path / "bob.tar.gz", "wb", compresslevel=1) as file:
        file.write(info.tobuf())
        for _ in range(info.size // 2**20):
            file.write(bytes(2**20))
    assert only(tmp_path).notes == ["A tar archive that unpacks to this much is not read."]


def test_a_zip_with_a_huge_table_of_contents_is_refused(tmp_path):
    end = b"PK\5\6" + bytes(4) + b"\xff\xff" * 2 + (40 * 2**20).to_bytes(4, "little") + bytes(6)
    put(tmp_path, {"bob.zip": b"PK\3\4" + bytes(41 * 2**20) + end})
    assert only(tmp_path).notes == ["A zip archive with a table of contents of this size is not read."]


@cache  # an archive holds the time at which it was packed
def whole_archive(kind):
    files = {f"{ASSIGNMENT}/{ONE}.ipynb": b'{"cells": []}' * 20, "inner.zip": zipped({f"{TWO}.ipynb": b"{}"})}
    return zipped(files) if kind == "zip" else tarred(files, "w:gz" if kind == "tar.gz" else "w:")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["zip", "tar", "tar.gz"]), st.data())
def test_broken_archives_are_told(tmp_path, kind, data):
    whole = bytearray(whole_archive(kind))
    for where in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5)):
        whole[where] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    (tmp_path / "bob.zip").unlink(missing_ok=True)
    put(tmp_path, {"bob.zip": bytes(whole[:cut] if data.draw(st.booleans()) else whole)})
    for source in only(tmp_path).files.values():
        with suppress(Unreadable):
            read_notebook(source)


# reading


DOT = (  # a picture of one dot
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def reading(document):
    return read_notebook(document if isinstance(document, bytes) else json.dumps(document).encode())


def one_cell(**fields):
    (cell,) = reading({"cells": [{"cell_type": "code", "source": "", **fields}], "nbformat": 4}).cells
    return cell


def test_our_own_notebooks_are_read_as_they_are(tmp_path):
    for name, data in RELEASE.items():
        cells = read_notebook(data).cells
        assert [(cell.id, cell.source) for cell in cells] == [(c.id, c.source) for c in COURSE.released[name].cells]
    (tmp_path / "a.ipynb").write_bytes(RELEASE[ONE])
    assert read_notebook(tmp_path / "a.ipynb") == read_notebook(RELEASE[ONE])


def test_outputs_of_the_solutions_stay():
    for path in (COURSE.root / "solutions" / ASSIGNMENT).glob("*.ipynb"):
        original = nbformat.read(path, as_version=4)
        outputs = chain.from_iterable(cell.get("outputs", []) for cell in read_notebook(path).cells)
        expected = chain.from_iterable(cell.get("outputs", []) for cell in original.cells)
        for found, output in zip(outputs, expected, strict=True):
            data = output.get("data", {})
            data |= {"text/html": clean_html(data["text/html"], classes=False)} if "text/html" in data else {}
            twice = {"text/html"} if "image/png" in data else set()
            assert found.get("data", {}) == {kind: data[kind] for kind in data.keys() - twice}
            assert found.get("text") == (readable(output.text) if "text" in output else None)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b'{"cells": [\n  {"cell_type": }]}', "its JSON is broken at line 2, column 17"),
        (b'{"cells": [\n<<<<<<< HEAD\n', "its JSON is broken at line 2, column 1"),
        (b"PK\3\4", "its JSON is broken"),
        (b"[1, 2]", "it is JSON, but no notebook's"),
        (b"null", "it is JSON, but no notebook's"),
        (b'{"cells": {"a": 1}}', "it has no list of cells"),
        (b'{"nbformat": 4}', "it has no list of cells"),
        (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"cells": [' + b"{}," * 30_000 + b"{}]}", "more than 20,000 cells"),
        (b'{"cells": [' + b"[]," * 3_000_000, "more values than can be read"),
        (b'{"cells": ["' + b"a" * 17 * 2**20, "larger than 16 MB without its large outputs"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "it begins like UTF-16"),
    ],
    ids=range(14),
)
def test_what_is_no_notebook_is_told_in_a_sentence(data, sentence):
    with pytest.raises(Unreadable, match=sentence) as caught:
        read_notebook(data)
    assert len(str(caught.value)) < 150
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(encoding):
    document = json.dumps({"cells": [{"cell_type": "markdown", "source": "Zoë"}]}, ensure_ascii=False)
    notebook = read_notebook(document.encode(encoding))
    assert notebook.cells[0].source == "Zoë"
    assert bool(notebook.metadata.notes) == (encoding not in ("utf-8", "utf-8-sig"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [(["a\n", "b"], "a\nb"), (None, ""), (7, ""), (["a", None, 3, ["x"]], "a"), ("\ud83d", "?"), ({}, "")],
    ids=range(6),
)
def test_sources_of_any_type(source, expected):
    assert one_cell(source=source).source == expected


def test_ids_are_kept_if_they_are_ids():
    assert one_cell(id="row-dot").id == "row-dot"
    assert one_cell(metadata={"id": "row-dot"}).id == "row-dot"  # Colab
    for id in (None, 3, "", "a b", "x" * 65, ["row-dot"], {}, "é", "row-dot\n"):
        assert "id" not in one_cell(id=id)


def test_of_metadata_only_what_the_student_calls_the_cell_is_kept():
    metadata = {"nbgrader": {"grade_id": "row-dot", "schema_version": 99, "points": 100}, "deletable": False}
    assert one_cell(metadata=metadata).metadata == {"grade_id": "row-dot"}
    assert one_cell(metadata=[1]).metadata == {}
    assert one_cell(metadata={"nbgrader": "?"}).metadata == {}


def test_formats_old_and_unknown():
    cells = [
        {"cell_type": "heading", "level": 1, "source": "T"},
        {"cell_type": "code", "input": ["x = 1"], "outputs": 3},
    ]
    old = reading({"worksheets": [{"cells": cells}], "nbformat": 3})
    assert [(cell.cell_type, cell.source) for cell in old.cells] == [("markdown", "# T"), ("code", "x = 1")]
    new = reading(
        {"cells": [{"cell_type": "hologram", "source": "y"}, "no cell"], "nbformat": 99, "nbformat_minor": None}
    )
    assert [(cell.cell_type, cell.source) for cell in new.cells] == [("raw", "y")]


def test_old_releases_of_nbformat_can_be_read():
    for version in (3, 4):
        text = nbformat.writes(deepcopy(COURSE.released[ONE]), version=version)
        found = match(read_notebook(text.encode()), ONE, COURSE)
        assert not found.missing
        assert [step.role for step in found.steps if step.exercise] == ["answer", "check"] * OF_ONE


def test_outputs_are_cut_short_or_dropped():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000},
        {"output_type": "stream", "name": 7, "text": ["a", "b"]},
        {"output_type": "display_data", "data": {"application/javascript": "alert()"}},
        {"output_type": "display_data", "data": {"image/png": DOT, "text/plain": "<Figure>"}, "metadata": 3},
        {"output_type": "display_data", "data": {"image/png": "aGVsbG8=", "image/svg+xml": "<svg/>"}},
        {"output_type": "execute_result", "data": None},
        {"output_type": "error", "ename": 3, "traceback": "none"},
        {"output_type": "tarot"},
        None,
    ]
    cell = one_cell(outputs=outputs, execution_count="7")
    kinds = ["stream", "stream", "display_data", "display_data", "error"]
    assert [output.output_type for output in cell.outputs] == kinds
    assert len(cell.outputs[0].text) < 20_100
    assert cell.outputs[1] == {"output_type": "stream", "name": "stdout", "text": "ab"}
    assert cell.outputs[2].data == {"image/png": DOT, "text/plain": "<Figure>"}
    assert cell.outputs[3].data == {"text/plain": "[a picture too large to be shown]"}
    assert cell.execution_count is None
    assert len(one_cell(outputs=outputs[1:] * 1_000).outputs) <= 100


def test_numbers_and_keys_that_json_allows():
    text = b'{"cells": [1], "cells": [{"cell_type": "code", "source": "a", "execution_count": %s, "x": [NaN, 1e999]}]}'
    (cell,) = read_notebook(text % (b"9" * 10_000)).cells  # the last of two keys counts, as for Jupyter
    assert (cell.source, cell.execution_count) == ("a", None)


@pytest.mark.proof
@pytest.mark.parametrize("lines", [100_000, 1])
def test_a_hundred_megabytes_of_outputs_cost_no_marks(lines):
    notebook = nbformat.reads(answered(ONE), as_version=4)
    marker = "LOTS"
    output = nbformat.v4.new_output("stream", text=marker)
    notebook.cells[4].outputs = [output]
    line = b"x" * (100 * 2**20 // lines) + b'\\\\ \\" ] } \\n'
    data = nbformat.writes(notebook).encode().replace(b'"LOTS"', b",\n".join([b'"' + line + b'"'] * lines))
    begin = time.process_time()
    read = read_notebook(data)
    assert time.process_time() - begin < 10
    assert read.cells[4].outputs == []
    assert [cell.source for cell in read.cells] == [cell.source for cell in notebook.cells]
    assert read.metadata.notes == ["The outputs of some cells are so large that they were left out."]


def test_many_outputs_of_some_size_cost_no_marks():
    notebook = nbformat.reads(answered(ONE), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="x" * 1_500_000)]
    read = read_notebook(nbformat.writes(notebook).encode())
    assert [cell.source for cell in read.cells] == [cell.source for cell in notebook.cells]


TEXTS = st.text('"\\\n[]{}a', max_size=8)
VALUES = st.recursive(
    st.none() | TEXTS, lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXTS, values, max_size=4)
)


@given(st.lists(VALUES, max_size=6))
@example(['\n"[' * 2_500, [], "]"])
@example([["", {"": []}]] * 2_500)
def test_the_end_of_a_list_is_found_by_its_brackets(values):
    """On any Python: before 3.11.5, some regular expressions err."""
    text = json.dumps(values).encode()
    assert end_of_list(text + b', "outputs": ["', 0, 100_000)[0] == len(text)
    assert end_of_list(text[:-1], 0, 100_000)[0] == 0


@pytest.mark.proof
@pytest.mark.parametrize("opening", [b'{"outputs":[', b'"outputs": [', b'{"outputs": ["', b"[", b'"\\"outputs": ["'])
def test_nested_outputs_are_no_trap(opening):
    begin = time.process_time()
    with pytest.raises(Unreadable):
        read_notebook(b'{"cells": ' + opening * 1_000_000)
    assert time.process_time() - begin < 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
KEYS = ["cell_type", "source", "id", "metadata", "outputs", "attachments", "input", "execution_count"]
CELLS = st.dictionaries(
    st.sampled_from(KEYS), JSON | st.sampled_from(["code", "markdown", "row-dot", "checks.row_dot("])
)
OUTPUT = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"])},
    optional=dict.fromkeys(("text", "name", "ename", "evalue", "traceback"), JSON)
    | {"data": st.dictionaries(st.sampled_from(["text/plain", "image/png", "image/svg+xml"]), JSON)},
)
CODE = st.fixed_dictionaries({"cell_type": st.just("code"), "outputs": st.lists(OUTPUT)}, optional={"source": JSON})


@pytest.mark.proof
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON | st.fixed_dictionaries({"cells": st.lists(CELLS | CODE | JSON)}))
@example({"cells": [{"attachments": {"\ud800": {"image/png": "a"}}}]})
def test_any_json_is_read_and_matched_or_unreadable(document):
    try:
        notebook = reading(document)
    except Unreadable:
        return
    rebuilt = match(notebook, ONE, COURSE).notebook
    nbformat.validate(nbformat.reads(nbformat.writes(rebuilt).encode().decode(), as_version=4))


@settings(max_examples=200, deadline=None)
@given(st.binary())
def test_any_bytes_are_read_or_unreadable(data):
    with suppress(Unreadable):
        read_notebook(data)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_notebook_with_broken_bytes_is_read_or_unreadable(data):
    whole = bytearray(RELEASE[ONE])
    for where in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=5)):
        whole[where] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        match(read_notebook(bytes(whole)), ONE, COURSE)


def test_a_class_of_many_is_found_quickly(tmp_path):
    for n in range(100):
        put(tmp_path, {f"student{n:03}/{name}": data for name, data in HOME.items()})
    begin = time.process_time()
    found = find_submissions(tmp_path, COURSE)
    assert time.process_time() - begin < 5
    assert [len(submission.files) for submission in found] == [len(NAMES)] * 100
    assert all(isinstance(submission.files[ONE].root, Path) for submission in found)


def test_a_held_submission_is_the_same_when_its_files_are_gone(tmp_path):
    put(tmp_path, {f"bob/{ONE}.ipynb": RELEASE[ONE], "bob/tools.py": b"x = 1", "bob/02.ipynb": b"", "bob/u.zip": b"PK"})
    put(tmp_path, {f"bob/{TWO}.ipynb": b"x" * 10})
    (found,) = find_submissions(tmp_path, COURSE)
    kept = pickle.loads(pickle.dumps(held(found)))
    (tmp_path / "bob" / f"{ONE}.ipynb").unlink()
    (tmp_path / "bob" / "tools.py").unlink()
    assert (kept.digests, kept.notes) == (found.digests, found.notes)
    assert content_of(kept, ONE).notebook == RELEASE[ONE]
    assert content_of(kept, ONE).modules == {"tools.py": b"x = 1"}
    assert content_of(kept, THREE) == content_of(found, THREE)
