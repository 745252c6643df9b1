"""The table at the end of a notebook, and the colours of verdicts, seen in a real kernel as a student sees them."""

import re

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from exercises import checks
from exercises.kit.summary import MARKS
from helpers.colour import STYLES, in_colour

pytestmark = pytest.mark.proof

CELLS = {
    "set-up": "import torch\nfrom exercises import checks\nfrom helpers import session\nsession.start()",
    "before": "checks.summary(notebook=3)",
    "right": "def tuple_batch_text(batch):\n"
    "    users, items, words, ratings = zip(*batch)\n"
    "    reviews = torch.nn.utils.rnn.pad_sequence(list(map(torch.tensor, words)), batch_first=True)\n"
    "    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)\n\n"
    "checks.tuple_batch_text(tuple_batch_text)",
    "wrong": "checks.rating_pred(4)",
    "stopped": "class RatingPredProfile(torch.nn.Module):\n"
    "    def __init__(self, *sizes):\n        1 / 0\n\nchecks.rating_pred_profile(RatingPredProfile)",
    "still to do": "checks.profile_step(lambda model, batch: (..., ...))",
    "after": "checks.summary(notebook=3)",
    "corrected": "checks.tuple_batch_text(lambda batch: None)",
    "after that": "checks.summary(notebook=3)",
    "text": "print(checks.summary(notebook=4))",
    "no such notebook": "checks.summary(notebook=9)",
}


@pytest.fixture(scope="module")
def outputs():
    """Run all the cells in one kernel, and return for each its first output."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    return {name: cell.outputs[0] for name, cell in zip(CELLS, notebook.cells, strict=True) if cell.outputs}


def test_before_any_check_was_run_nothing_is_checked(outputs):
    assert outputs["before"].data["text/plain"].splitlines() == [
        "3.1  a batch of texts                 not checked yet   0 of 2",
        "3.2  a rating from words              not checked yet   0 of 2",
        "3.3  rating from user, item and text  not checked yet   0 of 2",
        "3.4  its step                         not checked yet   0 of 1",
        "                                      points so far     0 of 7",
    ]


def test_each_verdict_is_noted_and_the_points_are_added(outputs):
    assert outputs["after"].data["text/plain"].splitlines() == [
        "3.1  a batch of texts                 ✓ done            2 of 2",
        "3.2  a rating from words              ✗ not yet         0 of 2",
        "3.3  rating from user, item and text  ✗ not yet         0 of 2",
        "3.4  its step                         ○ still to do     0 of 1",
        "                                      points so far     2 of 7",
    ]


def test_only_the_last_verdict_counts(outputs):
    first, *_, total = outputs["after that"].data["text/plain"].splitlines()
    assert first == "3.1  a batch of texts                 ✗ not yet         0 of 2"
    assert total.endswith(" 0 of 7")


def test_what_is_marked_by_hand_is_named_and_not_counted(outputs):
    *_, question, total = outputs["text"].text.splitlines()
    assert question == "4.9  which model would you deploy?  marked by hand   up to 2"
    assert total.endswith(" 0 of 9")


def test_in_a_notebook_the_table_has_the_same_words_and_colours(outputs):
    table = outputs["after"].data["text/html"]
    text = re.sub("<[^>]*>", " ", table).split()
    assert text == outputs["after"].data["text/plain"].split()
    assert [table.count(STYLES[mark].css) for mark in "✓✗○"] == [1, 2, 1]


def test_a_notebook_that_does_not_exist_is_named(outputs):
    assert outputs["no such notebook"].evalue == "There is no exercise in a notebook 9."


def test_in_a_notebook_the_label_of_a_verdict_has_colour_and_the_rest_has_none(outputs):
    assert outputs["right"].name == "stdout"
    assert outputs["right"].text == f"\x1b[{STYLES['✓'].ansi}m✓ Exercise 3.1\x1b[0m: 2 points.\n"
    for cell, label in [("wrong", "✗ Exercise 3.2"), ("stopped", "✗ Exercise 3.3"), ("still to do", "○ Exercise 3.4")]:
        first, *others = outputs[cell].traceback[0].splitlines()
        assert first.startswith(f"\x1b[{STYLES[label[0]].ansi}m{label}\x1b[0m")
        assert "\x1b" not in first.removeprefix(in_colour(label)) + "".join(others)


def test_outside_a_notebook_a_verdict_has_no_colour(capsys, monkeypatch):
    monkeypatch.setitem(MARKS, "row-dot", "")
    checks.row_dot(lambda a, b: (a * b).sum(dim=1))
    assert capsys.readouterr().out == "✓ Exercise 1.1: 1 point.\n"
    assert MARKS["row-dot"] == "✓"
    with pytest.raises(checks.StillToDo, match=r"^○ Exercise"):
        checks.row_dot(lambda a, b: ...)


def test_a_check_that_is_called_without_its_verdict_leaves_the_summary_as_it_was(monkeypatch, capsys):
    monkeypatch.setitem(MARKS, "row-dot", "")
    checks.row_dot.__wrapped__(lambda a, b: (a * b).sum(dim=1))
    assert (MARKS["row-dot"], capsys.readouterr().out) == ("", "")


def luminance(colour):
    """Return the relative luminance of a colour #rrggbb, as the web's rules for contrast (WCAG 2) define it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip([0.2126, 0.7152, 0.0722], linear, strict=True))


@pytest.mark.parametrize("mark", STYLES)
def test_letters_stand_out_from_their_ground(mark):
    letters, ground = map(luminance, re.findall("#[0-9a-f]{6}", STYLES[mark].css))
    assert (max(letters, ground) + 0.05) / (min(letters, ground) + 0.05) >= 4.5


@pytest.mark.parametrize("mark", STYLES)
def test_terminal_and_page_show_the_same_colours(mark):
    """The colours 16 to 231 of 256 are a cube with these six steps in each of red, green and blue."""
    numbers = [int(number) - 16 for number in re.findall(r"8;5;(\d+)", STYLES[mark].ansi)]
    steps = [0, 95, 135, 175, 215, 255]
    cube = ["#" + "".join(f"{steps[n // size % 6]:02x}" for size in (36, 6, 1)) for n in numbers]
    assert cube == re.findall("#[0-9a-f]{6}", STYLES[mark].css)
