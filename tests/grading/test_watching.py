"""What `--watch` decides: which files have come to rest, who is marked now, and in which order."""

import os

import pytest

from grading.handed_in.submissions import students
from grading.watching import HOUR, LONG, REST, Seen, look_at, room, to_mark, whole

NOW = 1_000_000.0
ONCE = [NOW - 60]


def test_files_count_once_they_have_not_changed_for_a_while():
    seen = {"ada": Seen(NOW - REST, 3), "ben": Seen(NOW - REST + 1, 3), "cleo": Seen(NOW + 5, 3)}
    assert whole(seen, {}, NOW) == ["ada"]
    assert whole(seen, {}, NOW + 1) == ["ada", "ben"]


def test_files_that_were_looked_through_are_not_looked_through_again_until_they_change():
    before = {"ada": Seen(NOW - 100, 3), "ben": Seen(NOW - 100, 3), "cleo": Seen(NOW - 100, 3)}
    seen = before | {"ben": Seen(NOW - 50, 3), "cleo": Seen(NOW - 100, 2)}  # one file came, one is gone
    assert whole(seen, before, NOW) == ["cleo", "ben"]


def test_who_came_first_is_marked_first():
    assert to_mark({"ada": 3.0, "ben": 1.0, "cleo": 2.0}, [], {}, NOW, 1) == ["ben", "cleo", "ada"]


def test_who_is_being_marked_waits_for_the_end_of_it():
    assert to_mark({"ada": 1.0, "ben": 2.0}, ["ada"], {}, NOW, 6) == ["ben"]


@pytest.mark.parametrize(("hourly", "marked"), [(1, []), (2, ["ada"])])
def test_a_student_is_marked_so_many_times_an_hour_at_most(hourly, marked):
    assert to_mark({"ada": 1.0}, [], {"ada": ONCE}, NOW, hourly) == marked


def test_after_an_hour_a_mark_does_not_count_any_more():
    assert to_mark({"ada": 1.0}, [], {"ada": ONCE}, NOW + HOUR - 61, 1) == []
    assert to_mark({"ada": 1.0}, [], {"ada": ONCE}, NOW + HOUR - 60, 1) == ["ada"]


def test_one_students_marks_hold_up_nobody_else():
    assert to_mark({"ada": 1.0, "ben": 2.0}, [], {"ada": ONCE}, NOW, 1) == ["ben"]


def test_after_the_deadline_the_last_hand_in_is_marked_in_any_case():
    assert to_mark({"ada": 1.0}, [], {"ada": ONCE}, NOW, 1, until=NOW) == []
    assert to_mark({"ada": 1.0}, [], {"ada": ONCE}, NOW + 1, 1, until=NOW) == ["ada"]


@pytest.mark.parametrize(
    ("young", "old", "left"), [(0, 0, 2), (1, 0, 1), (2, 0, 0), (0, 2, 2), (1, 2, 1), (0, 5, 1), (0, 6, 0)]
)
def test_what_takes_long_keeps_nobody_out_until_there_are_many(young, old, left):
    assert room([NOW - LONG + 1] * young + [NOW - LONG] * old, NOW, 2) == left


# files


def seen(folder):
    return {name: look_at(entries) for name, entries in students(folder)}


@pytest.fixture
def handed_in(tmp_path):
    """A class of two: a folder, and an archive."""
    (tmp_path / "ada" / "recommenders2").mkdir(parents=True)
    (tmp_path / "ada" / "recommenders2" / "01.ipynb").write_text("{}")
    (tmp_path / "ben.zip").write_bytes(b"PK")
    return tmp_path


def test_a_look_that_finds_the_same_files_is_the_same(handed_in):
    first = seen(handed_in)
    assert {name: one.entries for name, one in first.items()} == {"ada": 3, "ben": 1}
    assert seen(handed_in) == first


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "ada" / "recommenders2" / "02.ipynb").write_text("{}"),
        lambda folder: (folder / "ada" / "recommenders2" / "01.ipynb").unlink(),
        lambda folder: (folder / "ada.zip").write_bytes(b"PK"),
    ],
)
def test_a_file_that_comes_or_goes_is_seen(handed_in, change):
    before = seen(handed_in)
    change(handed_in)
    after = seen(handed_in)
    assert after["ada"] != before["ada"]
    assert after["ben"] == before["ben"]


def test_a_time_that_is_set_back_hides_no_change(handed_in):
    path, before = handed_in / "ben.zip", seen(handed_in)
    path.write_bytes(b"PKPK")
    os.utime(path, (0, 0))
    assert seen(handed_in)["ben"].arrived >= before["ben"].arrived > NOW


def test_links_are_not_followed(handed_in):
    (handed_in / "ada" / "up").symlink_to(handed_in)
    assert seen(handed_in)["ada"].entries == 4
