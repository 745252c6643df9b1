"""Where nbgrader's configuration says that the gradebook is, and what is refused before anybody is asked."""

import json

import pytest

from grading import demo
from grading.publishing.database import GradebookError, address


@pytest.fixture(autouse=True)
def of_a_person(tmp_path, monkeypatch):
    """The folder of a person's own configuration, which holds none yet."""
    folder = tmp_path / "jupyter"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    return folder


def configure(folder, url):
    (folder / "nbgrader_config.json").write_text(json.dumps({"CourseDirectory": {"db_url": url}}))


def test_if_nothing_is_said_it_is_a_file_in_the_course_folder(tmp_path):
    assert address(tmp_path).database == str(tmp_path / "gradebook.db")


def test_another_file_is_found_from_the_course_folder_on(tmp_path):
    configure(tmp_path, "sqlite:///marks.db")
    assert address(tmp_path).database == str(tmp_path / "marks.db")
    configure(tmp_path, "sqlite:////srv/marks.db")
    assert address(tmp_path).database == "/srv/marks.db"


def test_what_the_course_says_goes_before_what_a_person_says(tmp_path, of_a_person):
    configure(of_a_person, "sqlite:///mine.db")
    assert address(tmp_path).database == str(tmp_path / "mine.db")
    (tmp_path / "nbgrader_config.py").write_text('c.CourseDirectory.db_url = "sqlite:///ours.db"')
    assert address(tmp_path).database == str(tmp_path / "ours.db")


def test_the_demo_has_a_gradebook_of_its_own(tmp_path, of_a_person):
    configure(of_a_person, "sqlite:///that-of-my-class.db")
    demo.make_class(tmp_path / "demo")
    assert address(tmp_path / "demo").database == str(tmp_path / "demo" / "gradebook.db")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg2:///marks", "Type: pip install .* '.\\[postgresql\\]'"),
        ("mysql://anna@db/marks", "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
        ("our server", "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
        ("sqlite://", "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(url, said, tmp_path):
    configure(tmp_path, url)
    with pytest.raises(GradebookError, match=said):
        address(tmp_path)


def test_a_configuration_that_cannot_be_read_is_not_passed_over(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.db_url = 'postgresql:///marks\n")
    with pytest.raises(GradebookError, match="configuration cannot be read: SyntaxError"):
        address(tmp_path)
