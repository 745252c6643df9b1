"""Results: what one notebook keeps, the last one finds again, for the same reviews and the same fold."""

from pathlib import Path

import pytest

from helpers import results
from helpers.data import ReviewData
from helpers.reviews import Review, Reviews

ROW = {"train": 0.5, "val": 1.0, "test": 1.25, "seconds": 2.0}


def data_of(*ratings, fold=0, path="reviews_Music_5.json.gz"):
    reviews = Reviews.from_list([Review(0, 0, [2], rating) for rating in ratings])
    ids = ["A"], ["B"], ["pad", "unk"], [None], [[]]  # users, items, words, titles, categories
    return ReviewData("made up", Path(path), reviews, reviews[:1], reviews[1:], *ids, fold=fold)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "DATASET", tmp_path)


def test_the_errors_of_a_constant():
    assert results.of_constant(data_of(5.0, 3.0), 3.0) == {"train": 2.0, "val": 4.0, "test": 0.0, "seconds": 0.0}


def test_the_table_has_a_row_a_model_and_its_columns_stand_below_each_other(capsys):
    results.show({"the mean": ROW, "a model with a long name": ROW | {"seconds": 12.0}})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["train", "val", "test", "seconds"],
        ["the", "mean", "0.5", "1.00", "1.25", "2.0"],
    ]
    assert len({len(line) for line in lines}) == 1


def test_what_notebooks_keep_is_found_again(capsys):
    data = data_of(5.0, 4.0)
    results.keep({"KorenMF": ROW}, data, notebook=2)
    results.keep({"RatingPred": ROW | {"val": 0.75}}, data, notebook=3)
    assert results.kept(data) == {"KorenMF": ROW, "RatingPred": ROW | {"val": 0.75}}
    assert capsys.readouterr().out == ""


def test_a_notebook_that_has_kept_nothing_is_named(capsys):
    results.keep({"KorenMF": ROW}, data_of(5.0, 4.0), notebook=2)
    assert results.kept(data_of(5.0, 4.0)) == {"KorenMF": ROW}
    assert "Nothing is known of the models of notebook 3: run it to its end" in capsys.readouterr().out


@pytest.mark.parametrize("other", [{"fold": 1}, {"path": "reviews_Video_5.json.gz"}])
def test_results_of_another_fold_or_file_are_not_taken(other):
    results.keep({"KorenMF": ROW}, data_of(5.0, 4.0), notebook=2)
    assert results.kept(data_of(5.0, 4.0, **other)) == {}


def test_where_nothing_can_be_written_it_is_said_and_the_notebook_goes_on(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(results, "DATASET", tmp_path / "a file")
    (tmp_path / "a file").write_text("")
    results.keep({"KorenMF": ROW}, data_of(5.0, 4.0), notebook=2)
    assert "These results are not kept for notebook 4: " in capsys.readouterr().out
