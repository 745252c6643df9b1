"""Figures in texts and outputs have the digits that hold from run to run, as tools/spread.json measured them."""

import re

import pytest

from authoring.figures import Figure, about, far_off, measured, of_one_run, phrases, shown, too_exact, trained
from authoring.notebooks import read, solution_paths
from authoring.release import expected

SOLUTIONS = [pytest.param(path, id=path.stem) for path in solution_paths()]
CURVES = "ClassicMF: best validation error about 1.18 (in this run after epoch 25 of 30)."
KNOWN = {
    "best validation error about #": [[1.17, 1.19]],
    "in this run after epoch # of #": [[20, 27], [25, 30]],
}


@pytest.mark.parametrize("path", SOLUTIONS)
def test_no_kept_output_is_more_exact_than_what_was_measured(path):
    known = measured()[path.stem]
    cells = [cell for cell in read(path).cells if trained(cell) and not of_one_run(cell)]
    wrong = {cell.id: list(too_exact("\n".join(shown(cell)), known.get(cell.id, {}))) for cell in cells}
    assert {id: found for id, found in wrong.items() if found} == {}


@pytest.mark.parametrize("path", SOLUTIONS)
def test_a_text_with_three_decimals_says_what_is_the_same_on_every_machine(path):
    """Such as a constant, the error of the mean, or what follows from a formula; it stands in an output too."""
    cells, known = read(path).cells, measured()[path.stem]
    certain = [figure.text for cell in cells if cell.cell_type == "code" for figure in exact(cell, known)]
    for cell in [cell for cell in cells if cell.cell_type == "markdown"]:
        assert [number for number in re.findall(r"\d+\.\d{3,}", cell.source) if number not in certain] == [], cell.id


def exact(cell, known):
    """Yield the figures in the outputs of a code cell that no run had otherwise."""
    for phrase, figures in phrases("\n".join(shown(cell))).items():
        ranges = known.get(cell.id, {}).get(phrase, ()) if trained(cell) else [(0, 0)] * len(figures)
        yield from [figure for figure, (low, high) in zip(figures, ranges, strict=False) if low == high]


@pytest.mark.parametrize("path", SOLUTIONS)
def test_an_expected_picture_shows_what_was_measured(path):
    notebook, known = read(path), measured()[path.stem]
    kept = {cell.id: "\n".join(shown(cell)) for cell in notebook.cells if cell.id in expected(notebook)}
    assert {name: list(far_off(text, known[name])) for name, text in kept.items()} == {name: [] for name in kept}


# --- how figures are read and judged


def test_numbers_are_read_with_their_words_and_their_last_decimal():
    text = "Word −20.8; of 1,685 items (20 known)\nKorenMF 1.12, best\nKorenMF 1.13, ResNet50 v2"
    found = {phrase: [figure.text for figure in figures] for phrase, figures in phrases(text).items()}
    assert found == {
        "Word #": ["−20.8"],
        "of # items (# known": ["1,685", "20"],
        "KorenMF #": ["1.12"],
        "KorenMF # @2": ["1.13"],
    }
    assert [Figure(text).value for text in ("−20.8", "+0.5", "1,685")] == [-20.8, 0.5, 1685]
    assert [Figure(text).unit for text in ("1.18", "25")] == [0.01, 1]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("1.18", "1.15", []),  # beyond the ends, but not by more than they are apart
        ("1.18", "1.23", ["1.23 is far from what was measured, 1.17 to 1.19"]),
        ("25 of 30", "10 of 15", ["10 is far from", "15 is far from"]),
        ("best", "lowest", ["was never measured"]),
    ],
)
def test_a_picture_of_another_training_is_found(old, new, what):
    assert list(far_off(CURVES, KNOWN)) == []
    found = list(far_off(CURVES.replace(old, new), KNOWN))
    assert [expected in sentence for expected, sentence in zip(what, found, strict=True)] == [True] * len(what)


@pytest.mark.parametrize(("number", "exact"), [("1.19", False), ("1.2", False), ("1.180", True), ("1.1805", True)])
def test_a_digit_too_many_is_found(number, exact):
    found = list(too_exact(CURVES.replace("1.18", number), KNOWN))
    assert bool(found) == exact
    assert all("more digits than hold, 1.17 to 1.19: about 1.18" in sentence for sentence in found)


def test_what_is_said_of_one_run_may_be_exact_and_so_may_seconds():
    known = {"KorenMF # #": [[1.17, 1.19], [0.1, 9.9]], "best epoch # of # in this run": [[3, 30], [8, 30]]}
    assert list(too_exact("best epoch 12 of 17 in this run", known)) == []
    assert list(too_exact("    val  seconds\nKorenMF   1.18   3.5", known)) == []
    assert len(list(too_exact("    val  seconds\nKorenMF   1.180  3.5", known))) == 1
    both = f"{CURVES} {CURVES.replace('25 of 30', '12 of 17')}"
    ranges = {f"in this run after epoch # of #{again}": [[3, 30], [8, 30]] for again in ("", " @2")}
    assert list(too_exact(both, KNOWN | ranges)) == []


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.171, 1.189, "about 1.18"),
        (1.0, 1.32, "about 1"),
        (12, 30, "about 20"),
        (1.2310, 1.2314, "about 1.231"),
        (5, 5, "5"),
    ],
)
def test_a_range_is_said_in_the_digits_that_are_right_all_over_it(low, high, said):
    assert about(low, high) == said
