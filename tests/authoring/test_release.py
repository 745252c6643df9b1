"""The release: it is made beside the old student notebooks, which stay where it fails."""

import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from authoring import release
from authoring.notebooks import read, write

pytestmark = pytest.mark.proof

ASSIGNMENT = "recommenders2"
ONE = "01_reviews_to_batches.ipynb"


@pytest.fixture
def root(course, monkeypatch):
    """A course folder in which an older student notebook stands, and another that has no solution any more."""
    monkeypatch.setattr(release, "ROOT", course)
    for path in (course / "solutions" / ASSIGNMENT).iterdir():
        if path.name != ONE:
            path.unlink()
    released = course / "notebooks" / ASSIGNMENT
    released.mkdir(parents=True, exist_ok=True)
    for name in (ONE, "00_older.ipynb"):
        (released / name).write_text("the older one")
    return course


def in_release(root):
    return sorted(path.name for path in (root / "notebooks" / ASSIGNMENT).iterdir())


def test_where_nbgrader_fails_the_older_notebooks_stay(root):
    path = root / "solutions" / ASSIGNMENT / ONE
    before = path.read_bytes()
    notebook = read(path)
    notebook.cells[0].source += "\n\n<!-- expected picture: never-drawn -->"
    write(notebook, path)
    assert release.release() != 0
    assert (root / "notebooks" / ASSIGNMENT / ONE).read_text() == "the older one"
    assert in_release(root) == ["00_older.ipynb", ONE]
    assert not list(root.glob(".release-*"))
    path.write_bytes(before)


def test_what_was_handed_in_keeps_nobody_from_releasing_and_stays(root, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # nbgrader's alembic
    database = f"sqlite:///{root}/gradebook.db"
    with Gradebook(database) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT)
        gradebook.update_or_create_student("ada")
        gradebook.update_or_create_submission(ASSIGNMENT, "ada")
    assert release.release() == 0
    assert "BEGIN SOLUTION" not in (root / "notebooks" / ASSIGNMENT / ONE).read_text(encoding="utf-8")
    assert in_release(root) == [ONE]
    with Gradebook(database) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada")
