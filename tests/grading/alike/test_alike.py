"""Answers that agree: copies are found however they are hidden, honest classes are left in peace."""

import random

import pytest

from grading.alike.__main__ import main, page
from grading.alike.fingerprints import fingerprints
from grading.alike.pairs import alike
from grading.course import Course
from tests.kit import hostile
from tools import alike as tool

OWN = """def run(batch, rows):
    total = [row * 2 for row in rows]
    count = len(batch) // 3
    for row in batch:
        total.append(row.square())
    return sorted(total)[:count], max(rows, key=abs)
"""
HIDDEN = """def go(b, rr):
    '''Mine.'''
    n = len(b) // 3  # a third
    t = [x * 2 for x in rr]
    for x in b:
        t.append(x.square())
    return (sorted(t)[:n], max(rr, key=abs))
"""


def test_names_comments_texts_layout_and_order_leave_no_trace():
    assert fingerprints(OWN).keys() == fingerprints(HIDDEN).keys()
    assert fingerprints(OWN).keys() != fingerprints(OWN.replace("// 3", "// 4")).keys()


@pytest.mark.parametrize("source", ["def broken(:", "", "\0", "a" + ".b" * 90_000, "# nothing"])
def test_what_python_cannot_read_has_no_fingerprints(source):
    assert fingerprints(source) == {}


def test_a_copy_is_named_with_its_lines_and_a_small_class_is_left_in_peace():
    given = tool.honest_class(6, random.Random(1))
    assert alike(given, tool.EXERCISES_BY_ID) == []
    given["student-000"]["fold-in"], given["student-003"]["fold-in"] = OWN, HIDDEN
    [pair] = alike(given, tool.EXERCISES_BY_ID)
    assert pair.students == ("student-000", "student-003")
    [agreement] = pair.agreements
    assert (agreement.exercise, agreement.share) == ("fold-in", 1)
    assert {2, 3, 5, 6} <= agreement.lines[0]


def test_what_many_say_is_nobodys_own():
    given = {f"student-{n}": {"fold-in": OWN} for n in range(6)}
    assert alike(given, tool.EXERCISES_BY_ID) == []


def test_answers_of_one_line_are_left_in_peace():
    answer = "def row_dot(a, b):\n    return torch.diagonal(a.double() @ b.double().T).float()\n"
    given = {"ann": {"row-dot": answer}, "ben": {"row-dot": answer}}
    assert alike(given, tool.EXERCISES_BY_ID) == []


def test_the_page_shows_both_answers_and_runs_nothing():
    script = f'    """<script>{hostile.RUN}</script>"""\n'
    given = {"<b>ann</b>": {"fold-in": OWN + script}, "ben": {"fold-in": HIDDEN + script}}
    html = page(alike(given, tool.EXERCISES_BY_ID), given, Course())
    assert hostile.live(html) == []
    assert "<b>ann" not in html
    assert "<mark>    count = len(batch) // 3</mark>" in html
    assert "<mark>    n = len(b) // 3  # a third</mark>" in html


def test_without_grades_it_says_so(tmp_path, capsys):
    assert main(["--grades", str(tmp_path / "grades.csv"), "--out", str(tmp_path / "alike.html")]) == 2
    assert "grades.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_honest_classes_and_copies():
    pairs, named = tool.honest_pairs(tool.CLASSES)
    assert named <= pairs / 1000
    counts = tool.copied_answers(1)
    copies, found = counts[tool.LONG]
    assert found >= 0.9 * copies
    assert counts[1][1] == 0
    copies, found = tool.copied_hand_ins(20)
    assert found >= 0.9 * copies
