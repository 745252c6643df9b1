"""docs/instructors.md, typed: ten steps from Moodle's zip to pages in students' hands, with what the page shows."""

import csv
import re
import shlex
import shutil
import subprocess
import zipfile

import nbformat
import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.course import Course
from tests.grading.collect.test_collect import zipped
from tests.grading.publishing.test_gradebook import by_a_person
from tests.kit.totals import MOST

PAGE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
STEPS = PAGE.split("## Grade your class")[1].split("\n## ")[0]
SHOWN = re.compile(r"```text\n(.*?)```", re.DOTALL)
PLAIN = re.compile(r"`(python -m [^`]*)`|^(python -m .*)$", re.MULTILINE)
MADE = re.compile(r"`(make [^`]*)`|^(make .*)$", re.MULTILINE)
ANNA, BEN = "Anna Bell", "Ben Cho"
ELSEWHERE = {  # what other modules type, or nobody can type here
    "make lab",  # which the page tells not to type
    "python -m authoring release",
    "python -m authoring bundle",
    "python -m authoring site",
    "python -m benchmarks errors --reviews file.json.gz",
    "python -m benchmarks words",
    "python -m grading.demo",
    "python -m tools.alike",
}


def commands(pattern, text):
    """Return the commands in a text, each once and in order; a line's end within one is a blank."""
    found = [" ".join((inline or line).split()) for inline, line in pattern.findall(text)]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("command", [command for command in commands(MADE, PAGE) if command not in ELSEWHERE])
def test_make_types_what_the_page_calls_plain(command):
    dry = ["make", "--dry-run", *shlex.split(command)[1:]]
    done = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True)
    typed = re.findall(r"^\S*bin/(python -m .*)$", done.stdout.replace('"', ""), re.MULTILINE)
    assert typed
    assert [line for line in typed if not line.startswith(tuple(commands(PLAIN, PAGE)))] == []


# the ten steps


@pytest.fixture(scope="module")
def course(isolation, tmp_path_factory):
    """A course folder with what Moodle gives: a download of two students, and the grading worksheet."""
    folder = tmp_path_factory.mktemp("course")
    folder.chmod(0o755)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    course = Course(folder)
    handed_in = {f"{ANNA}_12": demo.solved(course, demo.MEAN), f"{BEN}_13": demo.untouched(course)}
    files = {
        f"{student}_assignsubmission_file/{name}": nbformat.writes(notebook).encode()
        for student, notebooks in handed_in.items()
        for name, notebook in notebooks.items()
    }
    (folder / "download.zip").write_bytes(zipped(files))
    with (folder / "worksheet.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Feedback comments"])
        rows.writerows([f"Participant {id}", name, "", "", f"{MOST}.00", ""] for id, name in ((12, ANNA), (13, BEN)))
    return folder


@pytest.fixture(scope="module")
def said(course, run):
    """What each plain command of the ten steps printed, typed in their order in that course."""
    said = {}
    for command in commands(PLAIN, STEPS):
        if "canvas" in command:
            continue  # this class is Moodle's
        if "generate_feedback" in command:
            by_a_person(course, ANNA, "which-model", 1.5, "Well argued.")
        module, *arguments = command.split()[2:]
        where = ["--course", "."] if module in ("grading", "grading.export") else []
        said[command] = run(module, *arguments, *where, cwd=course).stdout
    return said


@pytest.mark.proof
def test_each_step_prints_what_the_page_shows(said):
    printed = ["\n".join(line for line in out.splitlines() if "self-tests" not in line) for out in said.values()]
    assert [block.strip("\n") for block in SHOWN.findall(STEPS)] == [out for out in printed if out]


@pytest.mark.proof
def test_the_last_step_holds_the_pages_with_what_a_person_said(said, course):
    with zipfile.ZipFile(course / "feedback.zip") as archive:
        pages = {name.split("_")[0]: archive.read(name).decode() for name in archive.namelist()}
    assert pages.keys() == {ANNA, BEN}
    assert "marked by a person" in pages[ANNA]
    assert "Well argued." in pages[ANNA]


@pytest.mark.proof
def test_what_the_page_says_is_written_is_there(said, course):
    named = re.findall(r"^\| `(\S+)`(?:, `(\S+)`)? \|", STEPS, re.MULTILINE)
    paths = [path.replace("<student>", ANNA) for row in named for path in row if path]
    assert len(paths) == 6
    assert [path for path in paths if not (course / path).exists()] == []
    rows = list(csv.reader((course / "marks-moodle.csv").open(encoding="utf-8")))
    assert [row[3] for row in rows[1:]] == ["33.5", "0"]


@pytest.mark.proof
def test_everybodys_total_is_exported(said, course, run):
    assert "python -m nbgrader export" in PAGE
    run("nbgrader", "export", cwd=course)
    assert (course / "gradebook.csv").exists()


@pytest.mark.proof
def test_answers_that_agree_are_looked_for(said, course, run):
    done = run("grading.alike", "--course", course, cwd=course)
    assert done.stdout == "0 pairs of 2 students agree far beyond what the task dictates: see alike.html\n"
    assert (course / "alike.html").exists()


def test_each_command_of_the_page_is_typed_somewhere():
    here = {*commands(PLAIN, STEPS), "python -m nbgrader export", "python -m grading.alike"}
    watched = {command for command in commands(PLAIN, PAGE) if "--watch" in command}  # in test_watch_command
    assert set(commands(PLAIN, PAGE)) - here - watched - ELSEWHERE == set()
