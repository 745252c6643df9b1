"""The forms in which reviews come, and what is no file of reviews: each is read, or called what it is."""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import sqlite3
import tarfile
import zipfile

import numpy as np
import pytest

from helpers import data
from helpers.data import DataError, first_line, load_data, read_reviews
from helpers.encoding import cache_path

RATINGS = [1, 5, 4, 3, 2, 5, 5, 4]
PAIRS = [(f"A{i % 12}", f"B{i // 8}") for i in range(64)]


def reviews_of_2014(**changes):
    """Return 64 reviews by 12 users of 8 items, with fields that the session does not read; `changes` go into each."""
    return [
        {
            "reviewerID": user,
            "asin": item,
            "helpful": [0, 1],
            "reviewText": f"It's a nice «{item}»",
            "overall": RATINGS[i % 8],
        }
        | changes
        for i, (user, item) in enumerate(PAIRS)
    ]


def reviews_of_2023():
    return [
        {"rating": float(RATINGS[i % 8]), "title": "Fine", "text": f"It's a nice «{item}»", "images": [{"small": "u"}]}
        | {"asin": f"{item}-red", "parent_asin": item, "user_id": user, "verified_purchase": True}
        for i, (user, item) in enumerate(PAIRS)
    ]


def as_json(reviews, **options):
    return "".join(json.dumps(review, **options) + "\n" for review in reviews).encode()


def as_python(reviews):
    return "".join(f"{review!r}\n" for review in reviews).encode()


def tar(content):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as file:
        member = tarfile.TarInfo("reviews.json")
        member.size = len(content)
        file.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def zipped(content):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("reviews.json", content)
    return archive.getvalue()


def sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE reviews (user TEXT)")
    connection.close()
    return path.read_bytes()


def npz():
    archive = io.BytesIO()
    np.savez(archive, users=np.arange(3))
    return archive.getvalue()


LINES = as_json(reviews_of_2014())


@pytest.fixture
def load(tmp_path, monkeypatch, capsys):
    """Return a function that loads bytes as a file of a name, and returns the data and what was said."""

    def load(content, name="reviews.json.gz", **options):
        path = tmp_path / name
        path.write_bytes(content)
        monkeypatch.setenv("RECSYS_REVIEWS", str(path))
        loaded = load_data(**options)
        return loaded, capsys.readouterr().out

    return load


# --- what is read

FORMS = {
    "2014": LINES,
    "2014 with other letters as they are": as_json(reviews_of_2014(), ensure_ascii=False),
    "2014 loose": as_python(reviews_of_2014(verified=True, vote=None)),
    "2014 loose, written by Python 2": as_python(reviews_of_2014())
    .replace(b"'asin'", b"u'asin'")
    .replace(b"{'", b"{u'"),
    "2018": as_json(reviews_of_2014(style={"Size:": " 11"}, vote="1,234", image=["u"], verified=True)),
    "2023": as_json(reviews_of_2023()),
    "ratings as text": as_json(review | {"overall": f"{review['overall']}.0"} for review in reviews_of_2014()),
    "with a byte order mark": b"\xef\xbb\xbf" + LINES,
    "two files with byte order marks in a row": b"".join(b"\xef\xbb\xbf" + line + b"\n" for line in LINES.splitlines()),
    "with Windows' line ends": LINES.replace(b"\n", b"\r\n"),
    "with blank lines, and none at the end": b"\n \n" + LINES.replace(b"\n", b"\n\n").rstrip(),
    "with blanks around": LINES.replace(b"{", b"  { ").replace(b"}", b" } "),
}


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same_reviews(load, form, packed):
    content = FORMS[form]
    loaded, said = load(gzip.compress(content) if packed else content)
    assert "64 reviews, 12 users, 8 items." in said
    assert "Left out of the file" not in said
    assert "without a word" not in said
    reviews = read_reviews(loaded.path)
    assert [(review.user, review.item, review.rating) for review in reviews] == [
        (user, item, RATINGS[i % 8]) for i, (user, item) in enumerate(PAIRS)
    ]
    assert {tuple(review.words) for review in reviews if review.item == "B3"} == {("it's", "a", "nice", "b")}
    again, said = load_data(), None
    assert list(again.train) == list(loaded.train)


def test_forms_may_follow_one_another(load):
    content = as_json(reviews_of_2014()[:20]) + as_python(reviews_of_2014()[20:40]) + as_json(reviews_of_2023()[40:])
    assert "64 reviews, 12 users, 8 items." in load(content)[1]


def test_the_name_of_a_plain_file_is_free(load):
    for name in ("reviews.jsonl", "my reviews.txt", "ünï.json", "reviews"):
        assert "64 reviews" in load(LINES, name)[1]


@pytest.mark.parametrize("absent", [{}, {"reviewText": None}, {"reviewText": float("nan")}, {"reviewText": " "}])
def test_reviews_without_text_stay_and_are_counted(load, absent):
    reviews = reviews_of_2014()
    for n in (5, 21):
        del reviews[n]["reviewText"]
        reviews[n] |= absent
    loaded, said = load(as_json(reviews))
    assert "64 reviews, 12 users, 8 items.\nOf these, without a word of text: 2.\n" in said
    assert [review.words for review in read_reviews(loaded.path)].count([]) == 2


# --- what is left out, and counted aloud


@pytest.mark.parametrize(
    ("rating", "why"),
    [
        (0.0, "with a rating outside 1 to 5"),
        (-1, "with a rating outside 1 to 5"),
        (5.5, "with a rating outside 1 to 5"),
        (10**400, "with a rating outside 1 to 5"),
        ("6", "with a rating outside 1 to 5"),
        ("0.0", "with a rating outside 1 to 5"),
        (float("inf"), "with a rating outside 1 to 5"),
        (None, "without a rating"),
        ("", "without a rating"),
        (float("nan"), "without a rating"),
        ("nan", "without a rating"),
        (True, "with a rating that is no number"),
        ("five", "with a rating that is no number"),
        ("4,5", "with a rating that is no number"),
        ([5], "with a rating that is no number"),
        ({"stars": 5}, "with a rating that is no number"),
    ],
)
def test_a_review_of_no_use_is_left_out_and_counted(load, capsys, rating, why):
    reviews = reviews_of_2014()
    reviews[9]["overall"] = reviews[41]["overall"] = rating
    sentence = f"Left out of the file: 2 {why} (first: line 10)."
    loaded, said = load(as_json(reviews))
    assert f"62 reviews, 12 users, 8 items.\n{sentence}\n" in said
    assert (len(loaded.train), len(loaded.val) + len(loaded.test)) == (54, 8)
    load_data()  # now from what is kept beside the file
    assert sentence in capsys.readouterr().out
    assert len(read_reviews(loaded.path)) == 62
    assert capsys.readouterr().out == sentence + "\n"


def test_a_rating_that_is_absent_is_left_out_and_counted(load):
    reviews = reviews_of_2023()
    del reviews[0]["rating"]
    assert "Left out of the file: 1 without a rating (first: line 1).\n" in load(as_json(reviews))[1]


@pytest.mark.parametrize("form", ["2014", "2014 loose", "2023"])
def test_of_a_review_that_stands_there_twice_the_first_stays(load, form):
    loaded, said = load(gzip.compress(FORMS[form]) + gzip.compress(FORMS[form].replace(b"nice", b"poor")))
    assert "64 reviews, 12 users, 8 items.\n" in said
    assert "Left out of the file: 64 that repeat the user and the item of an earlier one (first: line 65)." in said
    assert "poor" not in loaded.inv_word_dic


def test_in_2023_two_articles_of_one_product_are_two_reviews(load):
    reviews = reviews_of_2023()
    others = [review | {"asin": review["asin"].replace("red", "blue")} for review in reviews[:4]]
    assert (
        "66 reviews, 12 users, 8 items.\nLeft out of the file: 2 that repeat"
        in load(as_json(reviews + others[:2] + reviews[:2]))[1]
    )


def test_all_reasons_are_counted_in_one_sentence(load):
    reviews = reviews_of_2014()
    reviews[3]["overall"], reviews[7]["overall"] = 0, None
    said = load(as_json(reviews + reviews))[1]
    assert (
        "Left out of the file: 2 with a rating outside 1 to 5 (first: line 4); 2 without a rating (first: line 8); "
        "62 that repeat the user and the item of an earlier one (first: line 65).\n" in said
    )


def test_a_bad_rating_does_not_stand_in_the_way_of_a_later_good_one(load):
    reviews = reviews_of_2014()
    assert "64 reviews" in load(as_json([reviews[0] | {"overall": 0}, *reviews]))[1]


def test_a_file_of_which_nothing_is_of_use_is_refused(load):
    with pytest.raises(
        DataError,
        match=r"reviews\.json\.gz holds no review that can be used\. "
        r"Left out of the file: 64 with a rating outside 1 to 5 \(first: line 1\)\.$",
    ):
        load(as_json(reviews_of_2014(overall=10)))


# --- what is no file of reviews

TABLE = "reviewerID,asin,reviewText,overall\n" + "".join(f'A{i},B1,"good, really",5.0\n' for i in range(20))
PRETTY = json.dumps(reviews_of_2014(), indent=2).encode()
OTHER_KINDS = [
    ("a web page (HTML)", b"<!DOCTYPE html>\n<html><body>Log in first</body></html>"),
    ("a web page (HTML)", b"\n\n  <HTML><HEAD><TITLE>301 Moved</TITLE>"),
    ("a web page (HTML)", b"\xef\xbb\xbf<html lang='en'>"),
    ("XML", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"),
    (
        "a pointer of Git LFS to the file",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9517526\n",
    ),
    ("a pointer of git-annex to the file", b"/annex/objects/SHA256E-s9517526--4d7a.json.gz\n"),
    ("in SNAP's older form, with a field a line", b"product/productId: B001\nreview/userId: A3S\nreview/score: 5.0\n"),
    ("one JSON array", json.dumps(reviews_of_2014()).encode()),
    ("one JSON array", PRETTY),
    ("one JSON array", b"[\n" + LINES.replace(b"}\n", b"},\n") + b"]"),
    ("one JSON array", b"[]"),
    ("JSON laid out over many lines", PRETTY[4:]),
    ("JSON laid out over many lines", b"{\r\n  'reviews': []}"),
    ("a table (CSV or alike)", TABLE.encode()),
    ("a table (CSV or alike)", b"\xef\xbb\xbf" + TABLE.replace(",", ";").encode()),
    ("a table (CSV or alike)", TABLE.replace(",", "\t").encode()),
    ("a table (CSV or alike)", b"A1N4O8VOJZTDVB,B004A9SDD8,3.0,1382572800\nA2H,B004A9SDD8,5.0,1382572800\n"),
    ("a table (CSV or alike)", b'"","reviewerID","asin","overall"\n"1","A1","B1",5\n'),
    ("UTF-16 or UTF-32 text", LINES.decode().encode("utf-16")),
    ("UTF-16 or UTF-32 text", LINES.decode().encode("utf-16-be")),
    ("UTF-16 or UTF-32 text", LINES.decode().encode("utf-16-le")),
    ("UTF-16 or UTF-32 text", LINES.decode().encode("utf-32")),
    ("a tar archive", tar(LINES)),
    ("a zip archive (as .npz and .xlsx files are)", zipped(LINES)),
    ("a zip archive (as .npz and .xlsx files are)", npz()),
    ("an xz file", lzma.compress(LINES)),
    ("an lzma file", lzma.compress(LINES, lzma.FORMAT_ALONE)),
    ("a bzip2 file", bz2.compress(LINES)),
    ("a zstd file", b"\x28\xb5\x2f\xfd\x04\x00"),
    ("a 7z archive", b"7z\xbc\xaf\x27\x1c\x00\x04"),
    ("a RAR archive", b"Rar!\x1a\x07\x01\x00"),
    ("a Parquet file", b"PAR1\x15\x04\x15\x10"),
    ("a Python pickle", pickle.dumps(reviews_of_2014())),
    ("a PDF", b"%PDF-1.7\n"),
    ("a picture", b"\x89PNG\r\n\x1a\n"),
]


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
@pytest.mark.parametrize(("kind", "content"), OTHER_KINDS)
def test_another_kind_of_file_is_called_what_it_is(load, tmp_path, kind, content, packed):
    with pytest.raises(DataError) as caught:
        load(gzip.compress(content) if packed else content)
    path, verb = tmp_path / "reviews.json.gz", "holds" if packed else "is"
    assert str(caught.value).startswith(f"{path} {verb} {kind}, not reviews as lines of JSON: ")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]  # nothing is kept of what was not read


def test_a_file_that_is_packed_twice_is_called_that(load):
    with pytest.raises(DataError, match="holds a gzip file once more, not reviews as lines of JSON: unpack it once"):
        load(gzip.compress(gzip.compress(LINES)))


def test_a_database_is_called_what_it_is(load, tmp_path):
    with pytest.raises(DataError, match="is an SQLite database, not reviews"):
        load(sqlite(tmp_path / "made.db"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty: it holds no reviews at all."),
        (b"\xef\xbb\xbf", "is empty: it holds no reviews at all."),
        (b"\r\n\r\n", "is empty: it holds no reviews at all."),
        (b"404: Not Found", ", line 1: this is no review, it begins with '404: Not Found'"),
        (b'{"message": "API rate limit exceeded"}', ", line 1: the review has no 'reviewerID'; it has: 'message'."),
        (LINES[:-30], ", line 64: the review does not end here: was the file cut off?"),
        (as_python(reviews_of_2014())[:-30], ", line 64: the review does not end here: was the file cut off?"),
        (as_python(reviews_of_2014())[:-2], ", line 64: the review does not end here: was the file cut off?"),
        (LINES.replace(b"\n", b"\r"), ", line 1: something follows the review"),
        (LINES.replace(b"\n", b" "), ", line 1: something follows the review"),
        (LINES.replace(b"B2", b"B\x00"), ", line 17: broken JSON (Invalid control character at, character "),
        (LINES + "naïve".encode("latin-1"), ", line 65: not UTF-8 text (byte 3 of the line): save the file as UTF-8"),
    ],
)
@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_what_is_wrong_inside_is_said_with_its_line(load, tmp_path, content, sentence, packed):
    with pytest.raises(DataError) as caught:
        load(gzip.compress(content) if packed else content)
    assert str(caught.value).startswith(f"{tmp_path / 'reviews.json.gz'}{'' if sentence[0] == ',' else ' '}{sentence}")


def test_an_empty_file_is_no_gzip_file_and_called_empty(load):
    with pytest.raises(DataError, match=r"reviews\.json\.gz is empty"):
        load(b"")
    with pytest.raises(DataError, match=r"reviews\.json\.gz is cut off after line 0"):
        load(gzip.compress(LINES)[:12])


# --- the name in RECSYS_REVIEWS


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """A folder with a file of reviews, where a command is typed; return the folder."""
    folder = tmp_path / "where I work"
    folder.mkdir()
    (folder / "mine.json").write_bytes(LINES)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    return folder


def test_a_relative_name_starts_where_the_command_was_typed(typed, monkeypatch):
    monkeypatch.setenv("RECSYS_REVIEWS", "mine.json")
    assert data.find_reviews() == typed / "mine.json"
    monkeypatch.setenv("RECSYS_REVIEWS", "../where I work/mine.json")
    assert data.find_reviews().samefile(typed / "mine.json")


def test_a_relative_name_is_found_by_a_kernel_that_runs_in_another_folder(typed, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECSYS_REVIEWS", "mine.json")
    assert data.find_reviews() == typed / "mine.json"


def test_a_relative_name_may_start_at_the_root(typed, monkeypatch):
    monkeypatch.setenv("RECSYS_REVIEWS", "dataset/generated/reviews.json.gz")
    assert data.find_reviews() == data.SHIPPED


@pytest.mark.parametrize("name", ['"{}"', "'{}'", " {} ", "“{}”", ' "{}"'])
def test_quotes_and_blanks_around_a_name_are_none_of_it(typed, monkeypatch, name):
    for path in ("mine.json", typed / "mine.json"):
        monkeypatch.setenv("RECSYS_REVIEWS", name.format(path))
        assert data.find_reviews() == typed / "mine.json"


@pytest.mark.parametrize("name", ["", " ", '""', "''"])
def test_an_empty_name_is_none(monkeypatch, tmp_path, name):
    monkeypatch.setattr(data, "DATASET", tmp_path)
    monkeypatch.setenv("RECSYS_REVIEWS", name)
    assert data.find_reviews() == data.SHIPPED


def test_home_may_be_written_short(typed, monkeypatch):
    monkeypatch.setenv("HOME", str(typed))
    monkeypatch.setenv("RECSYS_REVIEWS", "~/mine.json")
    assert data.find_reviews() == typed / "mine.json"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.json", "RECSYS_REVIEWS names none.json, which does not exist, neither from {typed} nor from {root}: "),
        (
            "/nowhere/none.json",
            "RECSYS_REVIEWS names /nowhere/none.json, which does not exist: mend the name, or unset it.",
        ),
        ("~nobody-of-this-name/r.json", "RECSYS_REVIEWS names ~nobody-of-this-name/r.json, which does not exist"),
        (
            "https://example.org/r.json.gz",
            "RECSYS_REVIEWS names an address, https://example.org/r.json.gz: download the",
        ),
        ("file:///r.json.gz", "RECSYS_REVIEWS names an address, file:///r.json.gz: download the file"),
        (".", "{typed} is a folder: name a file of reviews, such as one in it."),
        ("mine.json/r.json", "RECSYS_REVIEWS names mine.json/r.json, which does not exist"),
        ("gone.json", "{typed}/gone.json: there is no such file."),
        ("loop.json", "{typed}/loop.json cannot be read: Too many levels of symbolic links."),
        ("pipe.json", "{typed}/pipe.json is a device or a pipe: put the reviews into a file."),
        ("/dev/null", "/dev/null is a device or a pipe: put the reviews into a file."),
        ("x" * 300, "RECSYS_REVIEWS names xxx"),
    ],
)
def test_a_name_that_leads_nowhere_is_said_in_a_sentence(typed, monkeypatch, capsys, name, sentence):
    (typed / "gone.json").symlink_to("moved.json")
    (typed / "loop.json").symlink_to("loop.json")
    os.mkfifo(typed / "pipe.json")
    monkeypatch.setenv("RECSYS_REVIEWS", name)
    assert data.main(["show"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(sentence.format(typed=typed, root=data.ROOT))
    assert (said.out, said.err.count("\n")) == ("", 1)


# --- what is kept beside a file


def test_what_is_new_beside_somebodys_file_is_said_once(load, tmp_path, capsys):
    _, said = load(LINES, "mine.json")
    kept = cache_path(tmp_path / "mine.json")
    assert said.startswith(f"Kept for a faster start: {kept}. You may delete it.\n")
    load_data()
    assert "Kept" not in capsys.readouterr().out


def test_what_is_new_beside_somebodys_file_is_said_also_to_who_wants_it_quiet(load, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("RECSYS_REVIEWS", str(tmp_path / "mine.json"))
    (tmp_path / "mine.json").write_bytes(LINES)
    load_data(quiet=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Kept for a faster start: ")


def test_what_is_kept_beside_the_sessions_own_files_needs_no_word(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("RECSYS_REVIEWS", raising=False)
    monkeypatch.setattr(data, "DATASET", tmp_path)
    (tmp_path / "reviews_Amazon_Instant_Video_5.json.gz").write_bytes(gzip.compress(LINES))
    load_data()
    assert capsys.readouterr().out.startswith("Amazon Instant Video reviews (")
    assert len(list(tmp_path.glob("*.encoded.npz"))) == 1


# --- a line as it stands


@pytest.mark.parametrize("form", FORMS)
def test_the_first_line_is_shown_as_it_stands(tmp_path, form):
    for content in (FORMS[form], gzip.compress(FORMS[form])):
        path = tmp_path / "reviews"
        path.write_bytes(content)
        assert first_line(path, 1_000) == next(
            line for line in FORMS[form].decode("utf-8-sig").splitlines() if line.strip()
        )
        assert first_line(path, 12) == first_line(path, 1_000)[:12]
