"""Files that are small and mean much work are refused in a line, and the next student's are read."""

import gzip
import io
import json
import os
import struct
import tarfile
import time
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.course import Course
from grading.handed_in import searching
from grading.handed_in.archives import MAX_MEMBERS, Source, Unreadable
from grading.handed_in.matching import match
from grading.handed_in.searching import search
from grading.handed_in.submissions import MAX_NOTES, Submission, content_of, find_submissions, read_notebook

COURSE = Course()
ONE = next(iter(COURSE.released))
NAME = f"{ONE}.ipynb"
TOO_MUCH = "A tar archive that unpacks to this much is not read."
TOO_LONG = "A tar archive with names or notes of this length is not read."
INVALID = "The archive bob.tar.gz is broken: invalid header."  # what newer Pythons say of it
BUDGET = 30  # seconds of the processor; without limits these take minutes, or do not end


def header(name=NAME, size=0, kind=tarfile.REGTYPE, form=tarfile.GNU_FORMAT):
    """Return the block with which a tar announces a member."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(form)


def with_pax(records, body=b""):
    """Return a tar of one member, of which PAX records say more."""
    lines = b"".join(record(key, value) for key, value in records.items())
    padded = lines + bytes(-len(lines) % 512)
    return header("pax", len(lines), tarfile.XHDTYPE) + padded + header(size=len(body)) + body + bytes(1024)


def record(key, value):
    """Return a PAX record, which begins with its own length."""
    rest = f" {key}={value}\n".encode()
    length = next(n for n in range(len(rest), len(rest) + 9) if n == len(rest) + len(str(n)))
    return str(length).encode() + rest


def sparse_map(count):
    """Return a tar whose member begins with a list of `count` holes that it says to have, in lines."""
    body = str(count).encode() + b"\n" + b"0\n" * (2 * count)
    pax = {"GNU.sparse.major": 1, "GNU.sparse.minor": 0, "GNU.sparse.name": NAME, "GNU.sparse.realsize": 1}
    return with_pax(pax, body + bytes(-len(body) % 512))


def old_sparse():
    """Return a tar of a file with holes, as it was written once."""
    block = bytearray(header(kind=tarfile.GNUTYPE_SPARSE))
    block[482] = 1  # more blocks about holes follow
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + (bytes(504) + b"\1" + bytes(7)) * 2_000


def long_names(form):
    """Return a tar of ten members with names of three million letters."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for number in range(10):
            archive.addfile(tarfile.TarInfo(f"{number}{'n' * 3_000_000}.ipynb"))
    return file.getvalue()


TARS = {
    "base-256 size": (header(size=2**70) + bytes(1024), TOO_MUCH),
    "negative base-256 size": (b"".join([header()[:124], b"\xff" * 12, header()[136:], bytes(1024)]), None),
    "a size beyond all of it": (header(size=2**33) + bytes(1024), TOO_MUCH),
    "PAX size": (with_pax({"size": 2**70}), TOO_MUCH),
    "negative PAX size": (with_pax({"size": -(2**40)}), f"{TOO_MUCH}|{INVALID}"),
    "PAX size that leads back": (with_pax({"size": -1024}), f"{TOO_MUCH}|{INVALID}"),
    "endless PAX": (header("pax", 2**40, tarfile.XHDTYPE) + bytes(1024), TOO_LONG),
    "endless long name": (header("long", 2**40, tarfile.GNUTYPE_LONGNAME) + bytes(1024), TOO_LONG),
    "long names, PAX": (long_names(tarfile.PAX_FORMAT), TOO_LONG),
    "long names, GNU": (long_names(tarfile.GNU_FORMAT), TOO_LONG),
    "digits for ever": (header("pax", 2**20, tarfile.XHDTYPE) + b"1" * 2**20 + bytes(1024), TOO_LONG),
    "many members": (header() * (MAX_MEMBERS + 5), f"An archive with more than {MAX_MEMBERS:,} members is not read."),
    "one long name after the other": (header("l", 0, tarfile.GNUTYPE_LONGNAME) * 4_000, None),
    "holes, listed in lines": (sparse_map(10_000_000), TOO_MUCH),
    "holes, as once": (old_sparse(), "The archive bob.tar.gz is packed in a way that is not read here: sparse files."),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(
    ("data", "sentence"),
    [pytest.param(*tar, id=name, marks=[pytest.mark.proof] * (len(tar[0]) > 10**7)) for name, tar in TARS.items()],
)
def test_a_tar_that_says_what_cannot_be_is_refused(tmp_path, data, sentence, packed):
    (tmp_path / "bob.tar.gz").write_bytes(gzip.compress(data, 1) if packed else data)
    begin = time.process_time()
    (submission,) = find_submissions(tmp_path, COURSE)
    assert time.process_time() - begin < BUDGET
    assert len(submission.notes) <= 2
    assert sum(map(len, submission.notes)) < 400
    assert sentence is None or (len(submission.notes) == 1 and submission.notes[0] in sentence.split("|"))


@pytest.mark.parametrize("end", [b"", bytes(512), bytes(1024) + b"x" * 700, b"abc"])
def test_a_tar_may_end_in_other_ways_than_it_should(tmp_path, end):
    (tmp_path / "bob.tar").write_bytes(header(size=2) + b"{}" + bytes(510) + end)
    (submission,) = find_submissions(tmp_path, COURSE)
    assert ([*submission.files], submission.notes) == ([ONE], [])


def test_a_header_that_is_wrong_does_not_hide_what_comes_after_it(tmp_path):
    (tmp_path / "bob.tar").write_bytes(header(size=2) + b"{}" + bytes(510) + b"no header" + bytes(503) + header())
    (submission,) = find_submissions(tmp_path, COURSE)
    assert (submission.files, submission.notes) == ({}, ["The archive bob.tar is broken: invalid header."])


def test_a_gzip_file_with_an_endless_name_or_in_many_pieces_is_no_trap(tmp_path):
    """Python's own reader takes 20 seconds for the first, letter by letter, and a minute for the second."""
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 2**26 + b"\0" + zlib.compress(b"")[2:]
    for student, data in {"ann": named, "bob": gzip.compress(b"") * 2**20}.items():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.tar.gz", data)
        (tmp_path / f"{student}.zip").write_bytes(file.getvalue())
    begin = time.process_time()
    assert [submission.files for submission in find_submissions(tmp_path, COURSE)] == [{}, {}]
    assert time.process_time() - begin < BUDGET


def test_a_tar_in_two_pieces_is_read(tmp_path):
    """So some programs write gzip files."""
    whole = header(size=12) + b'{"cells":[]}' + bytes(500) + bytes(1024)
    (tmp_path / "bob.tar.gz").write_bytes(gzip.compress(whole[:700]) + gzip.compress(whole[700:]))
    (submission,) = find_submissions(tmp_path, COURSE)
    assert submission.files[ONE].read() == b'{"cells":[]}'


def test_a_tar_that_was_cut_off_is_told(tmp_path):
    (tmp_path / "bob.tar.gz").write_bytes(gzip.compress(header(size=5_120) + os.urandom(5_120))[:-2_000])
    (submission,) = find_submissions(tmp_path, COURSE)
    assert submission.notes == ["The archive bob.tar.gz is broken: it ends too early."]


@pytest.mark.parametrize("name", ["n" * 60_000 + ".ipynb", "ü" * 500 + "/" + "x" * 600 + ".ipynb"])
def test_a_zip_with_names_that_no_disk_holds_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as archive:
        archive.writestr(name, b"x")
    (submission,) = find_submissions(tmp_path, COURSE)
    assert submission.notes == ["The archive bob.zip has names of more than 1,000 characters."]


def test_of_thousands_of_notes_a_few_are_kept(tmp_path):
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as archive:
        for number in range(4_900):
            archive.writestr(f"{number}{'n' * 60}.ipynb", b"{")
    (submission,) = find_submissions(tmp_path, COURSE)
    assert len(submission.notes) == MAX_NOTES + 1
    assert submission.notes[-1].endswith("more notes on these files.")
    assert sum(map(len, submission.notes)) < 15_000


VALUES = {
    "empty lists": b'{"cells": [' + b",".join([b'{"outputs": [' + b"[]" * 740_000 + b"]}"] * 8) + b"]}",
    "lists of a list": b'{"cells": [' + b",".join([b'{"outputs": [' + b"[[]]" * 370_000 + b"]}"] * 8) + b"]}",
    "objects": b'{"cells": [{"outputs": [' + b'{"":{}},' * 2_000_000 + b"{}]}]}",
    "nested": b'{"cells": [{"outputs": ' + (b"[" * 900 + b"]" * 900 + b",") * 3_000 + b"[]}]}",
    "text that never ends": b'{"outputs": ["' * 400_000,
    "brackets in text": b'{"cells": [{"outputs": ["' + b"[{" * 10_000_000 + b'"]}]}',
    "escapes": b'{"cells": [{"outputs": ["' + b"\\\\" * 10_000_000 + b'"]}]}',
    "white space": (b'{"cells": [' + b'"outputs"' + b" " * 30_000_000 + b"]}"),
    "a long number": b'{"cells": [{"source": ' + b"1" * 15_000_000 + b"}]}",
    "a long decimal number": b'{"cells": [{"source": 0.' + b"1" * 15_000_000 + b"}]}",
    "numbers": b'{"cells": [{"source": [' + b"1e9," * 3_000_000 + b"1]}]}",
}


@pytest.mark.proof
@pytest.mark.parametrize("data", VALUES.values(), ids=VALUES)
def test_a_notebook_of_countless_values_is_read_or_refused_at_once(data):
    begin = time.process_time()
    read_and_match(data, ONE)
    assert time.process_time() - begin < BUDGET


def cell(source, kind="code"):
    return {"cell_type": kind, "source": source, "outputs": []}


CELLS = {
    "quotes": cell("\"'" * 250_000),
    "triple quotes": cell("'''\"\"\"" * 80_000),
    "backslashes": cell("'" + "\\" * 499_000),
    "definitions": cell("def row_dot(\n" * 38_000),
    "one line": cell("x" * 500_000 + " = "),
    "checks": cell("checks.row_dot(" * 33_000),
    "brackets": cell("[![" * 80_000, "markdown"),
    "emphasis": cell("*a_" * 160_000, "markdown"),
    "dollars": cell("$" * 499_999, "markdown"),
    "tags": cell("<a " * 160_000, "markdown"),
    "quotations": cell(">" * 30_000, "markdown"),
    "lists": cell("\n".join(" " * n + "- a" for n in range(700)), "markdown"),
    "a table": cell("|" * 200_000 + "\n" + "|-" * 100_000, "markdown"),
    "links": cell("[a](<b" * 70_000, "markdown"),
}


@pytest.mark.proof
@pytest.mark.parametrize("one", CELLS.values(), ids=CELLS)
def test_no_cell_takes_time_that_grows_with_its_square(one):
    """From its bytes to what nbgrader keeps and to the page that students get."""
    from grading.publishing.cleaning import Page, clean

    begin = time.process_time()
    matched = match(read_notebook(json.dumps({"cells": [one] * 6}).encode()), ONE, COURSE)
    Page().from_notebook_node(clean(matched.notebook, COURSE.released[ONE]))
    assert time.process_time() - begin < BUDGET


@pytest.mark.parametrize("what", ["time", "memory"])
def test_the_one_whose_files_take_too_much_is_given_up_alone(tmp_path, monkeypatch, what):
    """Whatever it may be that does so: here it is the search itself, which is told to."""
    for student in ("ann", "bob", "zoe"):
        (tmp_path / student).mkdir()
        (tmp_path / student / NAME).write_bytes(b'{"cells": []}')

    def taken(student, *arguments):
        while student == "bob":
            if what == "memory":
                bytearray(2**33)
        return Submission(student, {}, [], {}, {})

    monkeypatch.setattr(searching, "submission", taken)
    monkeypatch.setattr(searching, "CPU_SECONDS", 1)
    found = search(tmp_path, COURSE)
    assert [submission.student for submission in found] == ["ann", "bob", "zoe"]
    limit = "1 s" if what == "time" else "1024 MB"
    expected = f"These files took more than {limit} to look through, and were not read: ask for the notebooks by "
    assert [submission.notes for submission in found] == [[], [f"{expected}themselves."], []]


def test_the_search_beside_finds_what_the_search_here_finds(tmp_path):
    for student in ("ann", "bob"):
        (tmp_path / student).mkdir()
        (tmp_path / student / NAME).write_bytes(b'{"cells": []}')
    assert search(tmp_path, COURSE) == find_submissions(tmp_path, COURSE)
    assert [submission.student for submission in search(tmp_path, COURSE, "bob")] == ["bob"]
    assert search(tmp_path, COURSE, "eve") == []


# anything

SIZES = st.integers(-(2**90), 2**90) | st.sampled_from([0, 1, 511, 512, 2**31, 2**33, 2**63, -512])
KINDS = st.sampled_from([b"0", b"1", b"2", b"5", b"L", b"K", b"x", b"g", b"X", b"S", b"\0", b"7", b"z"])


@st.composite
def blocks(draw):
    """Blocks of a tar with anything in their fields."""
    info = tarfile.TarInfo(draw(st.sampled_from([NAME, "a/" * 40, "..", "/x.ipynb", "ü.ipynb", ""])))
    info.type, info.linkname = draw(KINDS), NAME
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT, errors="replace"))
    size = draw(SIZES)
    octal = b"%011o\0" % size if 0 <= size < 8**11 else None
    block[124:136] = octal or bytes([0x80 if size > 0 else 0xFF]) + (size % 2**88).to_bytes(11, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    body = draw(st.binary(max_size=40) | st.sampled_from([record("size", -512), record("path", "p" * 90), b"9" * 512]))
    return bytes(block) + body + bytes(-len(body) % 512)


def read_all(folder):
    """Search a folder, and read and match all that is found."""
    begin = time.process_time()
    for submission in find_submissions(folder, COURSE):
        assert len(submission.notes) <= MAX_NOTES + 1
        assert sum(map(len, submission.notes)) < 20_000
        for name in submission.files:
            content = content_of(submission, name)
            if content.notebook is not None:
                read_and_match(content.notebook, name)
    assert time.process_time() - begin < BUDGET


def read_and_match(data, name):
    with suppress(Unreadable):
        match(read_notebook(data), name, COURSE)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(blocks(), max_size=6), st.booleans())
def test_any_tar_is_read_or_refused(tmp_path, parts, packed):
    data = b"".join(parts)
    (tmp_path / "bob.tar").write_bytes(gzip.compress(data) if packed else data)
    read_all(tmp_path)


@st.composite
def zips(draw):
    """A zip of anything, with other numbers in its records than belong there."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in draw(st.lists(st.sampled_from([NAME, "x.zip", "x.tar.gz", "utils.py", "a/b/c.ipynb"]), max_size=4)):
            archive.writestr(name, draw(st.binary(max_size=60) | st.just(b'{"cells": []}')))
    data = bytearray(file.getvalue())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data) - 4))
        struct.pack_into("<I", data, at, draw(st.integers(0, 2**32 - 1)))
    return bytes(data)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(zips())
def test_any_zip_is_read_or_refused(tmp_path, data):
    (tmp_path / "bob.zip").write_bytes(data)
    read_all(tmp_path)


LINES = st.sampled_from(
    ['"""', "'", "#", "\\", "def row_dot(a, b):", "class ClassicMF:", "checks.row_dot(row_dot)", "%%writefile x.py",
     "```", "![", "](", "<img src=x>", "&#33;", "$$", "|", "    ", "* ", "> "]
) | st.text(st.characters(exclude_categories=()), max_size=20)  # fmt: skip
FIELDS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]), "source": st.lists(LINES).map("\n".join)},
    optional={
        "id": st.sampled_from([*(cell.id for cell in COURSE.released[ONE].cells), "x", ""]),
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": st.dictionaries(st.just("grade_id"), LINES)}),
        "attachments": st.dictionaries(LINES, st.dictionaries(st.just("image/png"), LINES, max_size=1), max_size=2),
    },
)


@pytest.mark.proof
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(FIELDS, max_size=8))
def test_any_notebook_is_read_matched_and_shown(cells):
    page_of(cells)


def page_of(cells):
    """Read a notebook of these cells, match, clean and show it; nothing of it may be loaded from elsewhere."""
    from grading.publishing.cleaning import Page, clean

    begin = time.process_time()
    matched = match(read_notebook(json.dumps({"cells": cells}).encode()), ONE, COURSE)
    html, _ = Page().from_notebook_node(clean(matched.notebook, COURSE.released[ONE]))
    assert "<img src=x" not in html
    assert "<script" not in html
    assert time.process_time() - begin < BUDGET


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(blocks(), max_size=12), st.booleans())
def test_very_many_tars(tmp_path, parts, packed):
    test_any_tar_is_read_or_refused.hypothesis.inner_test(tmp_path, parts, packed)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(zips())
def test_very_many_zips(tmp_path, data):
    test_any_zip_is_read_or_refused.hypothesis.inner_test(tmp_path, data)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(FIELDS, max_size=12))
def test_very_many_notebooks(cells):
    page_of(cells)


def test_a_source_is_read_up_to_its_limit(tmp_path):
    (tmp_path / "utils.py").write_bytes(b"x" * 2**21)
    with pytest.raises(Unreadable, match=r"utils.py is larger than 1 MB"):
        Source(tmp_path, ("utils.py",)).read(2**20)
