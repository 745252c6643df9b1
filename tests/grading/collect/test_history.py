"""The history of what was handed in: what counts, what is kept beside it, and who says so."""

from pathlib import Path

import pytest

from grading.collect.history import main
from grading.course import ASSIGNMENT, Course
from grading.handed_in.submissions import EARLIER, find_submissions, left_out
from grading.students import HISTORY, read_history
from tests.grading.collect.test_collect import BOOK, MONDAY, ONE, RELEASE, TUESDAY, collected, zipped

FRIDAY = (2026, 11, 20, 10, 0, 0)
WEDNESDAY = (2026, 11, 25, 10, 0, 0)


def canvas(data, when, late=""):
    """Return a download of Canvas's in which Ada, and Ben with his work of Friday, handed something in."""
    ada, ben = f"ada_{late}12_9{when[2]}_{BOOK}", f"ben_13_950_{BOOK}"
    return zipped({ada: data, ben: b"ben's"}, {ada: when, ben: FRIDAY})


def numbers(into, student="ada"):
    """Return [(number, late, what counts)] of a student's hand-ins."""
    return [(each.number, each.known.late, each.counts) for each in read_history(into)[student]]


def counted(into):
    """Return what of Ada's the grader reads."""
    return (into / "ada" / ASSIGNMENT / BOOK).read_bytes()


def test_the_newest_counts_and_what_was_before_is_kept(collect, into):
    for data, when, late in ((b"1", MONDAY, ""), (b"2", TUESDAY, ""), (b"2", TUESDAY, ""), (b"3", WEDNESDAY, "LATE_")):
        assert collect(canvas(data, when, late))[0] == 0
    assert counted(into) == b"3"
    assert numbers(into) == [(1, "", ""), (2, "", ""), (3, "yes", "yes")]
    assert numbers(into, "ben") == [(1, "", "yes")]
    earlier = {path.relative_to(into): path.read_bytes() for path in into.rglob(f"{EARLIER}/**/{BOOK}")}
    assert earlier == {Path(EARLIER, "ada", f"{n}", ASSIGNMENT, BOOK): f"{n}".encode() for n in (1, 2)}


def test_the_grader_does_not_look_at_what_does_not_count(collect, into):
    collect(canvas(RELEASE[BOOK], MONDAY))
    collect(canvas(RELEASE[BOOK] + b"\n", TUESDAY))
    found = {each.student: each for each in find_submissions(into, Course())}
    assert set(found) == {"ada", "ben"}
    assert found["ada"].files[ONE].read() == RELEASE[BOOK] + b"\n"
    assert left_out(into) == []


def test_an_earlier_download_that_comes_later_counts_not(collect, into):
    collect(canvas(b"2", TUESDAY))
    collect(canvas(b"1", MONDAY))
    assert counted(into) == b"2"
    assert numbers(into) == [(1, "", "yes"), (2, "", "")]


def test_a_late_hand_in_replaces_none_that_was_in_time_if_told_so(collect, into):
    collect(canvas(b"1", MONDAY))
    said = collect(canvas(b"2", TUESDAY, "LATE_"), "--in-time")[1]
    assert "ada: This one is late, and the one before was not: it is kept beside that." in said
    assert (counted(into), numbers(into)) == (b"1", [(1, "", "yes"), (2, "yes", "")])
    collect(canvas(b"2", TUESDAY, "LATE_"))
    assert (counted(into), numbers(into)) == (b"2", [(1, "", ""), (2, "yes", "yes")])


def test_a_person_says_what_counts_until_they_take_it_back(collect, into, capsys):
    collect(canvas(b"1", MONDAY))
    collect(canvas(b"2", TUESDAY, "LATE_"))
    assert main([str(into), "--count", "ada", "1"]) == 0
    first, second = (each.known.handed_in[:16].replace("T", " ") for each in read_history(into)["ada"])
    assert capsys.readouterr().out == f"ada: 1 ({first}, counts, as you said), 2 ({second}, late)\n"
    assert counted(into) == b"1"
    assert collect(canvas(b"2", TUESDAY, "LATE_"))[1].count("You said that hand-in 1 counts") == 1
    assert "You said that hand-in 1 counts: this one is kept beside it." in collect(canvas(b"3", WEDNESDAY))[1]
    assert (counted(into), numbers(into)) == (b"1", [(1, "", "chosen"), (2, "yes", ""), (3, "", "")])
    assert main([str(into), "--count", "ada", "newest"]) == 0
    assert (counted(into), numbers(into)) == (b"3", [(1, "", ""), (2, "yes", ""), (3, "", "yes")])
    collect(canvas(b"4", (2026, 11, 26, 10, 0, 0)))
    assert (counted(into), len(numbers(into))) == (b"4", 4)
    assert main([str(into), "--count", "ada", "2"]) == 0
    assert counted(into) == b"2"


@pytest.mark.parametrize(
    ("student", "number", "sentence"),
    [("ada", "7", "knows no hand-in 7"), ("eve", "1", "of a student 'eve'"), ("ben", "1", "was changed after")],
)
def test_what_is_not_there_cannot_count(collect, into, capsys, student, number, sentence):
    collect(canvas(b"1", MONDAY))
    (into / "ben" / ASSIGNMENT / BOOK).write_bytes(b"by hand")
    before = collected(into)
    assert main([str(into), "--count", student, number]) == 2
    assert sentence in capsys.readouterr().err
    assert collected(into) == before


def test_a_history_that_is_none_is_refused(collect, into):
    collect(canvas(b"1", MONDAY))
    (into / HISTORY).write_text("number,student\n1,ada\n")
    code, said = collect(canvas(b"2", TUESDAY))
    assert code == 2
    assert f"{HISTORY} has other columns than number, counts, student" in said
    assert counted(into) == b"1"
