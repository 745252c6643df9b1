"""Lists and what they are worth: against slow, obvious code; who has seen all, who is new; and memory."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from authoring.notebooks import ROOT
from helpers import ranking
from helpers.data import load_data
from helpers.factorization import KorenMF
from helpers.reviews import Reviews


def reviews(pairs, ratings=None):
    users, items = zip(*pairs, strict=True) if pairs else ((), ())
    return Reviews(users, items, ratings or [4.0] * len(pairs), [], np.zeros(len(pairs) + 1))


def draw(nb_users, nb_items, count, seed=0):
    rng = np.random.default_rng(seed)
    pairs = rng.choice(nb_users * nb_items, count, replace=False)
    return [(int(pair) // nb_items, int(pair) % nb_items) for pair in pairs]


def slow_measures(lists, held_out):
    """Return recall and NDCG by the book."""
    recalls, ndcgs = [], []
    for user, row in enumerate(lists.tolist()):
        wanted = {item for one, item in held_out if one == user}
        if wanted:
            gains = [1 / math.log2(place + 2) for place, item in enumerate(row) if item in wanted]
            ideal = [1 / math.log2(place + 2) for place in range(min(len(row), len(wanted)))]
            recalls.append(len(gains) / len(wanted))
            ndcgs.append(sum(gains) / sum(ideal))
    return sum(recalls) / len(recalls), sum(ndcgs) / len(ndcgs)


@pytest.mark.parametrize(("nb_users", "nb_items", "top_k"), [(30, 20, 10), (7, 12, 1), (1, 5, 3), (600, 40, 10)])
def test_recall_and_ndcg_are_those_of_the_book(nb_users, nb_items, top_k):
    pairs = draw(nb_users, nb_items, nb_users * 3)
    train, held_out = pairs[: nb_users * 2], pairs[nb_users * 2 :]
    seen = ranking.seen_items(reviews(train), nb_users, nb_items)
    scores = torch.randn(nb_users, nb_items)
    lists = ranking.top_lists(lambda users: scores[users], seen, top_k, batch_size=17)
    measured = ranking.measure(lists, reviews(held_out), nb_items)
    assert (measured.recall, measured.ndcg) == pytest.approx(slow_measures(lists, held_out))
    assert measured.coverage == len({n for row in lists.tolist() for n in row if n >= 0}) / nb_items
    assert measured.hits.tolist() == [item in lists[user].tolist() for user, item in held_out]


def test_a_list_holds_the_best_unseen_items_best_first():
    seen = torch.tensor([[True, False, False, False], [False, False, True, True]])
    scores = torch.tensor([[9.0, 1.0, 3.0, 2.0], [-5.0, -4.0, 9.0, 9.0]])
    assert ranking.top_lists(lambda users: scores[users], seen, 2).tolist() == [[2, 3], [1, 0]]


def test_who_has_seen_nearly_all_gets_a_shorter_list():
    seen = torch.tensor([[True, True, False], [True, True, True], [False, False, False]])
    lists = ranking.top_lists(ranking.by_numbers(torch.tensor([1.0, 2.0, 3.0])), seen, 2)
    assert lists.tolist() == [[2, -1], [-1, -1], [2, 1]]
    measured = ranking.measure(lists, reviews([(0, 2), (1, 1)]), 3)
    assert measured.recall == 0.5
    assert measured.hits.tolist() == [True, False]


def test_a_list_longer_than_the_catalogue_ends_with_the_catalogue():
    seen = torch.zeros(1, 3, dtype=torch.bool)
    lists = ranking.top_lists(ranking.by_numbers(torch.tensor([1.0, 2.0, 3.0])), seen, 5)
    assert lists.tolist() == [[2, 1, 0, -1, -1]]


def test_a_model_ranks_by_what_it_predicts():
    torch.manual_seed(0)
    model = KorenMF(4, 6, 3)
    torch.nn.init.normal_(model.umean.weight)
    torch.nn.init.normal_(model.imean.weight)
    expected = [model(torch.full((6,), user), torch.arange(6))[0] for user in range(4)]
    assert torch.allclose(ranking.by_model(model)(torch.arange(4)), torch.stack(expected), atol=1e-6)


def test_pairs_in_the_wrong_order_are_counted_with_ties():
    seen = torch.tensor([[True, False, False], [False, True, False]])
    held_out = reviews([(0, 1), (1, 0)])
    assert ranking.wrong_order(ranking.by_numbers(torch.tensor([2.0, 2.0, 2.0])), held_out, seen) == 1
    seen = torch.tensor([[True, True, False], [True, True, False]])  # one item is left to draw for each
    assert ranking.wrong_order(ranking.by_numbers(torch.tensor([3.0, 1.0, 2.0])), held_out, seen) == 0.5


def test_recall_by_groups_names_them_and_leaves_empty_ones_out():
    groups = ranking.recall_by(np.array([1, 2, 2, 9]), np.array([True, False, True, False]), [1, 2, 3, 5, 8])
    assert groups == [("1", 1.0, 1), ("2", 0.5, 2), ("8 or more", 0.0, 1)]


def some_data(categories, ratings=None):
    train = reviews([(0, 0), (0, 1), (1, 1), (1, 2), (2, 1), (2, 3)], ratings)
    return SimpleNamespace(nb_users=3, nb_items=4, train=train, categories=categories)


def test_people_to_look_at_have_one_sort_in_common():
    data = some_data([["Crime"], ["War"], ["War"], ["Crime"]])
    assert ranking.single_minded_users(data, nb=1) == [1]
    assert ranking.best_rated(some_data([], [3.0, 5, 4, 4, 1, 2]), 0) == [1, 0]


def test_without_sorts_those_who_wrote_most_are_looked_at_and_the_best_known_items_asked_about():
    data = some_data([[], [], [], []])
    assert ranking.single_minded_users(data, nb=2) == [0, 1]
    assert ranking.to_rate(data, nb=2) == [1, 0]


def test_a_newcomer_is_asked_about_items_of_different_sorts():
    assert ranking.to_rate(some_data([["War"], ["War"], ["War"], ["Crime"]]), nb=10) == [1, 3]


def test_the_perfect_recommender_is_above_the_popular_list_and_real_reviews_have_none(tmp_path):
    data = load_data(quiet=True)
    seen = ranking.seen_items(data.train, data.nb_users, data.nb_items)
    counts = torch.bincount(torch.as_tensor(data.train.items), minlength=data.nb_items)
    perfect, popular = (
        ranking.measure(ranking.top_lists(score, seen), data.val, data.nb_items)
        for score in (ranking.by_truth(data), ranking.by_numbers(counts))
    )
    assert popular.recall == pytest.approx(0.111, abs=0.002)
    assert perfect.recall == pytest.approx(0.24, abs=0.02)
    assert ranking.by_truth(SimpleNamespace(path=tmp_path / "reviews.json.gz")) is None


def test_items_are_placed_near_those_of_which_the_same_is_said():
    """Two sorts of items, each with its own words and its own vector; new ones of both."""
    nb_items, rng = 40, np.random.default_rng(0)
    items = np.repeat(np.arange(nb_items), 4)
    words = 100 + 50 * (items % 2)[:, None] + rng.integers(50, size=(len(items), 12))
    offsets = np.arange(len(items) + 1) * 12
    train = Reviews(np.arange(len(items)) % 20, items, np.full(len(items), 4.0), words.ravel(), offsets)
    data = SimpleNamespace(train=train, nb_items=nb_items)
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).repeat(nb_items // 2, 1)
    new = np.array([0, 1, 6, 7])
    placed = ranking.placed_by_words(vectors, data, new)
    assert (placed.argmax(dim=1) == torch.tensor([0, 1, 0, 1])).all()


def test_who_reviewed_an_item_is_found_by_a_vector_that_points_at_them():
    users = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    held = reviews([(3, 0), (2, 0), (0, 1)])
    assert ranking.finds_its_people(torch.tensor([[1.0], [1.0]]), users, held, [0, 1]).tolist() == [1.0, 0.0]


MEMORY = """
import resource, numpy as np, torch
from helpers import ranking
from helpers.factorization import KorenMF
from helpers.reviews import Reviews
torch.set_num_threads(1)
n, rng = 10_000, np.random.default_rng(0)
train, held_out = (
    Reviews(rng.integers(n, size=m), rng.integers(n, size=m), np.full(m, 4.0), [], np.zeros(m + 1))
    for m in (200_000, 20_000)
)
seen, model = ranking.seen_items(train, n, n), KorenMF(n, n, 16)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
lists = ranking.top_lists(ranking.by_model(model), seen)
ranking.measure(lists, held_out, n)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.proof
def test_ten_thousand_users_and_items_need_little_memory():
    done = subprocess.run([sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300  # MB above the data: a table of all scores alone would take 400
