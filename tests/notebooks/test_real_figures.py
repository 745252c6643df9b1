"""What the text of the notebooks says of real reviews, measured on those; skipped where they are not at hand."""

import json

import nbformat
import pytest

from authoring.notebooks import execute, read, solution_paths

pytestmark = [pytest.mark.proof, pytest.mark.long]

NOTEBOOKS = {int(path.stem[:2]): path for path in solution_paths()}
MEAN_OF_HELD_OUT = "{name: (row['val'] + row['test']) / 2 for name, row in reached.items()}"
SPLIT_ON_SPACES = """
import helpers.encoding
helpers.encoding.tokenise = str.split
"""
GAIN_OF = "[float(saved[nb_ratings <= 10].mean()), float(saved[nb_ratings > 10].mean())]"


@pytest.fixture
def reviews(real_reviews, tmp_path):
    """A copy of the real reviews, so that what is kept beside them is not mixed with another test's."""
    return tmp_path.joinpath(real_reviews.name).write_bytes(real_reviews.read_bytes()) and tmp_path / real_reviews.name


def value_of(expression, number, reviews, environment, first="", until=None):
    """Run a notebook on `reviews`, up to its cell `until`, and return the value of an expression there, from JSON."""
    notebook = read(NOTEBOOKS[number])
    ids = [cell.id for cell in notebook.cells]
    cells = notebook.cells[: ids.index(until) + 1 if until else None]
    ask = nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({expression}))")
    notebook.cells = [nbformat.v4.new_code_cell(first), *cells, ask]
    environment = environment | {"RECSYS_REVIEWS": str(reviews)}
    execute(notebook, folder=NOTEBOOKS[number].parent, env=environment)
    return json.loads(notebook.cells[-1].outputs[0].text)


def test_biases_carry_over_to_real_reviews_and_vectors_alone_do_not(reviews, clean_environment):
    error = value_of(MEAN_OF_HELD_OUT, 2, reviews, clean_environment)
    assert error["the mean"] == pytest.approx(0.82, abs=0.005)
    assert error["ClassicMF"] == pytest.approx(error["the mean"], abs=0.015)
    assert error["KorenMF"] == pytest.approx(0.76, abs=0.015)


def test_lower_cased_words_predict_real_ratings_better_than_words_split_on_spaces(reviews, clean_environment):
    """On validation by some hundredths; on test by so little that nothing can be said."""
    best = "[min(text_history.val), evaluate(text_model, rating_step, test_loader)]"
    until = "train-pred-run"
    split = value_of(best, 3, reviews, clean_environment, SPLIT_ON_SPACES, until)
    reviews.with_name(f"{reviews.name}.encoded.npz").unlink()
    lowered = value_of(best, 3, reviews, clean_environment, until=until)
    assert lowered[0] == pytest.approx(0.60, abs=0.015)
    assert split[0] == pytest.approx(0.64, abs=0.015)
    assert lowered[1] == pytest.approx(split[1], abs=0.03)


def test_words_buy_on_real_reviews_what_notebook_4_says(reviews, clean_environment):
    asked = f"[{GAIN_OF}, speech, auc(real, fake), auc(*word_cosines(text_item, data.val, noise))]"
    (few, many), speech, frequent, uniform = value_of(asked, 4, reviews, clean_environment)
    assert few == pytest.approx(0.04, abs=0.03)
    assert many == pytest.approx(0.01, abs=0.02)
    assert few > many
    assert speech["with"] > 0.75
    assert (uniform, frequent) == (pytest.approx(0.56, abs=0.03), pytest.approx(0.69, abs=0.03))
