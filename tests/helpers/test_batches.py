"""Batches: each review once, with its own words, in an order that a seed fixes."""

import random
from functools import partial
from itertools import chain

import pytest
import torch

from helpers.batches import (
    by_length,
    cut,
    first_words,
    make_loader,
    piece_loaders,
    rating_loaders,
    rating_tensors,
    text_loaders,
)
from helpers.data import ReviewData
from helpers.reviews import Review, Reviews


def reviews_of(nb_reviews, start=0):
    """Return reviews of 1 to 7 words; the user of each is its number, and its words begin with that number + 2."""
    return Reviews.from_list(
        [Review(n, n % 5, [n + 2] * (1 + n % 7), 1.0 + n % 5) for n in range(start, start + nb_reviews)]
    )


@pytest.fixture
def data():
    parts = reviews_of(50), reviews_of(9, start=50), reviews_of(8, start=59)
    return ReviewData(
        "made up", None, *parts, list("u" * 67), list("iiiii"), ["pad", "unk", *"w" * 67], [None] * 5, [[]] * 5
    )


def padded(batch):
    """Collate as notebook 3 does."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(map(len, words))
    reviews = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)


def users_of(loader):
    return [batch[0].tolist() for batch in loader]


def test_a_loader_serves_the_rows_in_batches_the_last_of_which_may_be_smaller():
    loader = make_loader((torch.arange(5), torch.arange(5) * 10), batch_size=2)
    assert [[column.tolist() for column in batch] for batch in loader] == [
        [[0, 1], [0, 10]],
        [[2, 3], [20, 30]],
        [[4], [40]],
    ]


def test_rating_tensors_leave_the_words_behind_and_keep_their_place(data):
    users, items, reviews, ratings = rating_tensors(data.val)
    assert (users.dtype, items.dtype, ratings.dtype) == (torch.long, torch.long, torch.float32)
    assert (users.shape, reviews.shape) == ((9,), (9, 0))
    assert users.tolist() == list(range(50, 59))


LOADERS = [
    partial(rating_loaders, nb_batches=7),
    partial(text_loaders, collate=padded, batch_size=8),
]


@pytest.mark.parametrize("loaders", LOADERS)
def test_training_reviews_come_shuffled_and_held_out_ones_in_order(data, loaders):
    train, val, test = loaders(data)
    first, second = users_of(train), users_of(train)
    assert first != second, "each epoch has an order of its own"
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(50))
    assert users_of(val) == [list(range(50, 58)), [58]]
    assert users_of(test) == [list(range(59, 67))]
    assert users_of(loaders(data)[0]) == first, "the same seed, the same order"
    assert users_of(loaders(data, seed=1)[0]) != first


@pytest.mark.parametrize(("nb_batches", "sizes"), [(1, [50]), (3, [17, 17, 16]), (50, [1] * 50)])
def test_an_epoch_of_ratings_is_cut_into_so_many_batches(data, nb_batches, sizes):
    train, *_ = rating_loaders(data, nb_batches)
    assert len(train) == nb_batches
    assert [len(ratings) for *_, ratings in train] == sizes


def test_text_batches_hold_the_first_words_of_each_review_with_its_rating(data):
    for users, items, reviews, ratings in text_loaders(data, padded, batch_size=8, longest=3)[0]:
        width = reviews.shape[1]
        assert width == max(min(3, 1 + user % 7) for user in users.tolist())
        for user, item, words, rating in zip(*(x.tolist() for x in (users, items, reviews, ratings)), strict=True):
            length = min(3, 1 + user % 7)
            assert words == [user + 2] * length + [0] * (width - length)
            assert (item, rating) == (user % 5, 1.0 + user % 5)


def test_training_reviews_of_like_length_share_a_batch_and_held_out_ones_do_not(data):
    train, val, _ = text_loaders(data, padded, batch_size=4)
    lengths = sorted((1 + users % 7).tolist() for users, *_ in train)
    assert sum(max(batch) - min(batch) for batch in lengths) < 2 * len(lengths)
    assert [(1 + users % 7).tolist() for users, *_ in val] == [[2, 3, 4, 5], [6, 7, 1, 2], [3]]


def test_by_length_sorts_those_that_follow_each_other():
    reviews = Reviews.from_list([Review(user, 0, [2] * length, 5.0) for user, length in enumerate([3, 1, 2, 5, 1, 4])])
    assert [review.user for review in by_length(reviews, 3)] == [1, 2, 0, 4, 5, 3]
    assert [review.user for review in by_length(reviews, 4)] == [1, 2, 0, 3, 4, 5]
    assert [review.user for review in by_length(reviews, 9)] == [1, 4, 2, 0, 5, 3]


def test_first_words_and_cut():
    reviews = Reviews.from_list([Review(0, 0, [2, 3, 4], 5.0), Review(1, 0, [5], 4.0), Review(2, 0, [6, 7], 3.0)])
    shortened = first_words(reviews, 2)
    assert [review.words for review in shortened] == [[2, 3], [5], [6, 7]]
    assert [[review.user for review in batch] for batch in cut(shortened, 2)] == [[0, 1], [2]]


def test_a_review_without_words_is_one_unknown_word_in_a_batch():
    assert cut(first_words(Reviews.from_list([Review(0, 0, [], 5.0)]), 9), 4) == [[Review(0, 0, [1], 5.0)]]


def test_pieces_are_drawn_anew_in_each_epoch_and_measured_on_more_words(data):
    def drawn(batch, max_len=5):
        return torch.tensor([[random.random(), review.user, max_len] for review in batch])

    train, val = piece_loaders(data, drawn, batch_size=50)
    (first,), (second,) = train, train
    assert not set(first[:, 0].tolist()) & set(second[:, 0].tolist())
    assert sorted(first[:, 1].tolist()) == list(range(50))
    assert first[:, 1].tolist() != second[:, 1].tolist()
    assert set(first[:, 2].tolist()) == {5}
    ((_, users, words),) = [batch.T.tolist() for batch in val]
    assert (users, set(words)) == (list(range(50, 59)), {25})
