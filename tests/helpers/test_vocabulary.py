"""Words and names as ids, from the training reviews alone."""

import numpy as np
import pytest

from helpers.data import ReviewData
from helpers.reviews import DataError, Review, Reviews
from helpers.vocabulary import drop_common_words

WORDS = ["pad", "unk", "the", "and", "harbor", "ghost"]  # ids 0 to 5, the most common first


def data_of(*texts):
    reviews = Reviews.from_list([Review(0, n, words, 4.0) for n, words in enumerate(texts)])
    return ReviewData("three reviews", None, reviews, reviews, reviews, ["A"], list("BCD"), WORDS, [None] * 3, [[]] * 3)


def test_common_and_unknown_words_go_and_the_others_are_numbered_from_2():
    rare = drop_common_words(data_of([2, 4, 1, 5, 3], [5, 5], [4]), nb_common=2)
    assert rare.inv_word_dic == ["pad", "unk", "harbor", "ghost"]
    assert [review.words for review in rare.train] == [[2, 3], [3, 3], [2]]
    assert rare.dic_size == 4


def test_a_review_left_without_words_is_left_out_and_counted(capsys):
    rare = drop_common_words(data_of([2, 3], [4], [1]), nb_common=2)
    assert [(review.item, review.words) for review in rare.val] == [(1, [2])]
    said = "Words after the 2 most common: 2; left out: 6 reviews that have none of them."
    assert capsys.readouterr().out.strip() == said  # 2 reviews in each of the three parts


@pytest.mark.parametrize(("texts", "nb_common"), [([[2], [3], [1]], 2), ([[4], [5], [4]], 4)])
def test_a_file_without_rare_words_is_refused_in_a_sentence(texts, nb_common):
    with pytest.raises(DataError, match="three reviews leave nothing to predict"):
        drop_common_words(data_of(*texts), nb_common)


def test_users_items_and_ratings_stay_with_their_review():
    data = data_of([4], [2], [5, 4])
    rare = drop_common_words(data, nb_common=2, quiet=True)
    assert np.array_equal(rare.train.items, [0, 2])
    assert rare.nb_items == data.nb_items
