"""The demo's class: whatever its students hand in, each gets what they should."""

import shutil
from pathlib import Path

import pytest

from grading import demo
from grading.course import Course
from grading.publishing.grades_csv import read_grades
from tests.kit.totals import POINTS, worth

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def made(isolation, tmp_path_factory, run):
    """The demo, run once: its folder, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    folder.parent.chmod(0o755)
    return folder, run("grading.demo", folder).stdout


@pytest.mark.long
def test_each_student_gets_the_expected_points(made):
    folder, printed = made
    assert demo.compare(folder / "grades.csv") == []
    assert "Each student got what the demo expects." in printed


@pytest.mark.long
def test_each_student_has_a_verdict_of_their_kind(made):
    verdicts = {student.name: set() for student in demo.STUDENTS}
    for mark in read_grades(made[0] / "grades.csv"):
        verdicts[mark.student].add(mark.verdict)
    assert {name: said for name, said in verdicts.items() if not name.startswith("wrong-")} == {
        "solved": {"ok"},
        "half-done": {"ok", "todo"},
        "untouched": {"todo"},
        "endless": {"ok", "timeout"},
        "crashing": {"ok", "crashed"},
        "forged": {"todo"},
        "zipped": {"ok", "todo"},
        "one-missing": {"ok", "missing"},
        "colab": {"ok", "todo"},
    }
    wrong = [said for name, said in verdicts.items() if name.startswith("wrong-")]
    assert wrong == [{"ok", "wrong"}] * 3


@pytest.mark.long
def test_what_it_says_to_look_at_is_there(made):
    folder, printed = made
    pages = [line.split()[0] for line in printed.splitlines() if "feedback.html" in line]
    assert len(pages) == 2
    for page in pages:
        assert Path(page).exists()
    assert (folder / "gradebook.db").exists()
    assert f"In the folder {folder}" in printed


def test_it_is_made_anew_and_leaves_other_files_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "submitted" / "old").mkdir(parents=True)
    demo.make_class(tmp_path)
    assert not (tmp_path / "submitted" / "old").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.long
def test_a_student_with_other_points_is_named(made, tmp_path):
    text = (made[0] / "grades.csv").read_text(encoding="utf-8")
    first = [exercise.id for exercise in Course().automatic.values() if exercise.notebook.startswith("01")]
    changed = "\n".join(line for line in text.split("\n") if not line.startswith("solved,01"))
    (tmp_path / "grades.csv").write_text(changed, encoding="utf-8")
    assert demo.compare(tmp_path / "grades.csv") == [
        f"solved got {POINTS - worth(*first)} points, and should have got {POINTS}."
    ]


def test_a_mistake_that_no_longer_fits_the_solution_is_named():
    with pytest.raises(ValueError, match=r"row-dot does not say 'a @ b' any more"):
        demo.solved(Course(), ("row-dot", "a @ b", "a"))


@pytest.mark.long
def test_jupyter_is_where_it_says(made):
    line = next(line.strip() for line in made[1].splitlines() if line.endswith(" lab"))
    assert shutil.which(line.split()[0])
