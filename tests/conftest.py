"""What several tests need: the generated reviews, the real file, and a course folder of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from tests.kit import isolation

SLOWEST = (  # modules that come first, so that no process is left alone with one of them at the end
    "test_grading_command",
    "test_watch_command",
    "test_instructor_walk",
    "test_hub_walk",
    "test_marking",
    "test_nbgrader",
    "test_forgeries",
    "test_setup",
    "test_new_exercise",
    "test_own_course",
    "test_instructors_page",
    "test_gradebook",
    "test_notebooks",
    "test_student_walk",
    "test_platform_class",
    "test_class_page",
    "test_two_hand_ins",
    "04_predicting_text",
    "03_ratings_from_text",
    "test_rerun",
    "test_start",
    "test_machines",
    "test_accessibility",
    "test_answers",
    "test_grader_bank",
    "test_mutants",
)
REAL_REVIEWS = ROOT.parent / "shared" / "data" / "reviews_Musical_Instruments_5.json.gz"


def pytest_collection_modifyitems(items):
    """Put the slowest modules first; skip what asks for `isolation` where the system does not allow it."""
    place = {name: number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
    for item in items:
        if "isolation" in getattr(item, "fixturenames", ()) and isolation.refusal():
            item.add_marker(pytest.mark.skip(reason=isolation.refusal()))


@pytest.fixture(scope="session")
def real_reviews():
    """The path of a real review file, which is not part of the project."""
    if not REAL_REVIEWS.exists():
        pytest.skip(f"the real review file {REAL_REVIEWS.name} is not at hand")
    return REAL_REVIEWS


@pytest.fixture(scope="session")
def clean_environment():
    """The environment without what would make the notebooks read other reviews than the generated ones."""
    return {key: value for key, value in os.environ.items() if not key.startswith("RECSYS_")}


@pytest.fixture(scope="session")
def run(clean_environment):
    """Run a command of this environment's Python, such as `run("nbgrader", "autograde", cwd=course)`."""

    def run(module, *arguments, cwd=ROOT, check=True, **environment):
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=clean_environment | environment, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder of its own: the configuration and the solutions, nothing released, nothing submitted."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    return folder


@pytest.fixture(scope="session")
def new_gradebook(tmp_path_factory):
    """The file of a gradebook that holds nothing: to copy, since nbgrader takes seconds to make one."""
    from grading.publishing.database import address, opened

    folder = tmp_path_factory.mktemp("gradebook")
    with opened(address(folder)):
        return folder / "gradebook.db"


@pytest.fixture(scope="session", name="isolation")
def needs_isolation():
    """What runs students' code in a sandbox asks for this, so that it is skipped where there can be none."""


@pytest.fixture(scope="session")
def reference(tmp_path_factory):
    """What our solutions give, on graded reviews of their own."""
    from grading.course import Course
    from grading.examining.reference import Reference

    folder = tmp_path_factory.mktemp("graded")
    for part in (folder, *folder.parents):  # students' code runs as another user
        if part.stat().st_uid == os.getuid() and part != Path("/"):
            part.chmod(part.stat().st_mode | 0o755)
    reference = Reference(Course(), folder / "reviews", 5)
    assert reference.unseen  # it reads the reviews, which leaves their encoded form beside them
    return reference


@pytest.fixture
def office(isolation, reference, tmp_path, monkeypatch):
    """An office that marks submissions, each in a sandbox of its own."""
    from tests.kit import students

    students.watch(monkeypatch)
    return students.Office(reference, tmp_path / "submitted")


@pytest.fixture(scope="module")
def counter(isolation, reference, tmp_path_factory):
    """A counter that marks notebook 1 of many students in one sandbox."""
    from tests.kit import students

    with pytest.MonkeyPatch.context() as patch:
        students.watch(patch)
        counter = students.Counter(reference, tmp_path_factory.mktemp("counter"))
        before = counter.files()
        yield counter
        counter.kernel.close()
        assert students.Watched.left_since(0) == []
        assert counter.files() == before
