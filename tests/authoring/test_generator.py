"""The generated reviews: their shape is that of Amazon Instant Video, and what their maker claims to know is true."""

import gzip
import json
import math
import os
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from authoring.generator import choices, draws, reviews, words
from authoring.generator.reviews import write_reviews
from authoring.generator.words import (
    TOPICS,
    filler_lists,
    gerund,
    name_lists,
    past,
    plural,
    read_sections,
    title_lists,
    tokens,
    topic_lists,
    with_article,
)
from authoring.notebooks import ROOT
from helpers.generated import SHIPPED, read_titles, read_truth, titles_path, truth_path

SMALL = {"nb_reviews": 2_000, "nb_users": 250, "nb_items": 120}


class Written:
    """A generated file and what is in it; the shipped one, or one of other sizes made now."""

    def __init__(self, path, **sizes):
        self.truth = write_reviews(path, **sizes) if sizes else read_truth(path)
        self.path = path
        self.titles = read_titles(path)
        with gzip.open(path, "rt", encoding="ascii") as file:
            self.rows = [json.loads(line) for line in file]
        self.users = Counter(row["reviewerID"] for row in self.rows)
        self.items = Counter(row["asin"] for row in self.rows)
        self.ratings = np.array([row["overall"] for row in self.rows])
        self.words = [tokens(row["reviewText"]) for row in self.rows]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("small") / "reviews.json.gz", **SMALL)


@pytest.fixture(scope="module")
def full():
    return Written(SHIPPED)


# --- the file


def test_a_line_looks_like_amazons(small):
    row = small.rows[0]
    assert list(row) == ["reviewerID", "asin", "reviewText", "overall", "summary"]
    assert row["reviewerID"].startswith("A")
    assert row["asin"].startswith("B0")
    assert isinstance(row["overall"], float)
    assert [row["asin"] for row in small.rows] == sorted(row["asin"] for row in small.rows)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small, tmp_path):
    write_reviews(tmp_path / "same.json.gz", **SMALL)
    write_reviews(tmp_path / "other.json.gz", seed=1, **SMALL)
    for place in (lambda path: path, titles_path, truth_path):
        assert place(tmp_path / "same.json.gz").read_bytes() == place(small.path).read_bytes()
        assert place(tmp_path / "other.json.gz").read_bytes() != place(small.path).read_bytes()


def test_an_interrupted_run_leaves_the_old_file_and_no_half_one(tmp_path, monkeypatch):
    path = tmp_path / "reviews.json.gz"
    path.write_bytes(b"the old file")

    def interrupted(reviewer, *arguments):
        yield {"reviewText": "the first line"}
        raise KeyboardInterrupt

    monkeypatch.setattr(reviews, "reviewed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_reviews(path, **SMALL)
    assert path.read_bytes() == b"the old file"
    whole = {"reviews.json.gz", "reviews.truth.npz", "reviews.titles.json.gz"}
    assert {file.name for file in tmp_path.iterdir()} == whole


def test_the_truth_is_read_back_as_it_was_written(small):
    truth = read_truth(small.path)
    for name, array in truth.arrays().items():
        np.testing.assert_array_equal(array, small.truth.arrays()[name], err_msg=name)
    assert truth.noise_floor == small.truth.noise_floor
    assert truth.topic_words == small.truth.topic_words
    assert set(truth.topic_words) == set(truth.asins) == set(small.items)
    assert set(truth.reviewers) == set(small.users)


def test_reviews_without_a_truth_have_none(tmp_path):
    assert read_truth(tmp_path / "reviews.json.gz") is None
    assert read_titles(tmp_path / "reviews.json.gz") == {}


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((1_000, 250, 120), "1000 reviews cannot give 250 users and 120 items 5 reviews each: ask for at least 1250"),
        ((2_000, 30, 400), "2000 reviews are too many for 30 users and 400 items"),
        ((2_000, 250, 6), "250 users and 6 items are too few"),
        ((2_000, 20, 900), "2000 reviews cannot give 20 users and 900 items 5 reviews each"),
    ],
)
def test_impossible_sizes_are_refused_before_anything_is_written(tmp_path, sizes, message):
    with pytest.raises(ValueError, match=message):
        write_reviews(tmp_path / "reviews.json.gz", 0, *sizes)
    assert not list(tmp_path.iterdir())


# --- users, items, ratings


@pytest.mark.parametrize("size", ["small", "full"])
def test_every_user_and_item_has_five_reviews_and_no_pair_comes_twice(size, request):
    written = request.getfixturevalue(size)
    assert min(written.users.values()) == min(written.items.values()) == 5
    assert len({(row["reviewerID"], row["asin"]) for row in written.rows}) == len(written.rows)


def test_counts_and_shares_are_those_of_instant_video(full):
    assert (len(full.rows), len(full.users), len(full.items)) == (37_126, 5_130, 1_685)
    shares = [(full.ratings == rating).mean() for rating in range(1, 6)]
    np.testing.assert_allclose(shares, [0.0463, 0.0508, 0.1128, 0.2275, 0.5627], atol=1e-3)
    assert full.ratings.mean() == pytest.approx(4.2095, abs=2e-3)
    assert full.ratings.var() == pytest.approx(1.2511, abs=5e-3)


def test_counts_have_long_tails(full):
    users, items = list(full.users.values()), list(full.items.values())
    assert np.median(users) == 6
    assert np.percentile(users, 99) == pytest.approx(23, abs=4)
    assert np.percentile(items, 99) > 100
    assert np.median(items) < np.mean(items) / 2


def test_nobody_can_beat_the_noise_floor(full):
    """The floor is computed from the model; the errors of the true means, in the file, scatter around it."""
    errors = (full.ratings - full.truth.rating_means) ** 2
    assert 0.76 < full.truth.noise_floor < 0.79
    assert errors.mean() == pytest.approx(full.truth.noise_floor, abs=4 * errors.std() / math.sqrt(len(errors)))
    # and the means are right at every height, not only overall
    order = np.argsort(full.truth.rating_means)
    for part in np.array_split(order, 10):
        limit = 4 * full.ratings[part].std() / math.sqrt(len(part))
        assert full.ratings[part].mean() == pytest.approx(full.truth.rating_means[part].mean(), abs=limit)


def test_rating_moments_agree_with_drawing_many_ratings():
    thresholds = np.array([-1.5, -1.0, -0.3, 0.4])
    scores = np.array([-1.0, 0.2, 1.3])
    means, variances = reviews.rating_moments(scores, thresholds)
    drawn = 1 + np.searchsorted(thresholds, scores[:, None] + draws.Draws(0).normal(600_000).reshape(3, -1))
    np.testing.assert_allclose(means, drawn.mean(axis=1), atol=0.01)
    np.testing.assert_allclose(variances, drawn.var(axis=1), atol=0.02)


def test_users_meet_what_suits_their_taste_more_often():
    """Two camps of users, two of items: with likes, more than half of the reviews stay in the camp, not nearly all."""
    taste, traits = np.repeat([[-1.0], [1.0]], 100, axis=0), np.repeat([[-1.0], [1.0]], 50, axis=0)
    counts = np.full(200, 10), np.full(100, 20)
    users, items = choices.draw_pairs(draws.Draws(0), *counts, 0.2 * taste, traits)
    same_camp = (taste[users] * traits[items] > 0).mean()
    assert 0.53 < same_camp < 0.7
    assert (np.bincount(users) == 10).all()
    assert (np.bincount(items) == 20).all()


@pytest.mark.proof
def test_the_truth_about_choices_foretells_how_often_who_meets_whom(full):
    """All pairs are sorted by the truth: in each twentieth, as many have met as it expects, no pair twice."""
    truth = full.truth
    affinity = np.exp((truth.choosing * truth.tastes) @ truth.traits.T) * truth.appeal
    users = {code: n for n, code in enumerate(truth.reviewers)}
    items = {code: n for n, code in enumerate(truth.asins)}
    meets = np.zeros(affinity.shape)
    for row in full.rows:
        meets[users[row["reviewerID"]], items[row["asin"]]] = 1
    expected = affinity / affinity.sum(axis=1, keepdims=True) * meets.sum(axis=1, keepdims=True)
    expected = 1 - np.exp(-expected)  # to meet a second time changes nothing
    order = np.argsort(expected, axis=None, kind="stable")
    for part in np.array_split(order, 20):
        assert meets.flat[part].sum() == pytest.approx(expected.flat[part].sum(), rel=0.1, abs=40)


def test_the_best_list_beats_the_list_of_the_most_popular(full):
    """On fold 0, with numpy alone: the ceiling of the truth is what its own lists reach, and far above popularity."""
    truth = full.truth
    place_of_user = {code: n for n, code in enumerate(truth.reviewers)}
    place_of_item = {code: n for n, code in enumerate(truth.asins)}
    users = np.array([place_of_user[row["reviewerID"]] for row in full.rows])
    items = np.array([place_of_item[row["asin"]] for row in full.rows])
    held_out = np.arange(len(users)) % 8 == 0
    seen = np.zeros((len(truth.reviewers), len(truth.asins)), dtype=bool)
    seen[users[~held_out], items[~held_out]] = True
    wanted = np.zeros_like(seen)
    wanted[users[held_out], items[held_out]] = True
    affinity = (truth.choosing * truth.tastes) @ truth.traits.T + np.log(truth.appeal)
    popularity = np.tile(np.bincount(items[~held_out], minlength=len(truth.asins)), (len(seen), 1))
    recall = {}
    for name, scores in (("truth", affinity), ("popular", popularity)):
        best = np.argsort(np.where(seen, np.inf, -scores), axis=1, kind="stable")[:, :10]
        asked = wanted.any(axis=1)
        recall[name] = (np.take_along_axis(wanted, best, axis=1).sum(1)[asked] / wanted.sum(1)[asked]).mean()
    assert recall["truth"] == pytest.approx(truth.recall_ceiling, abs=0.02)
    assert recall["truth"] > 1.6 * recall["popular"]


# --- the same on every machine

DIGESTS = """
import sys
from pathlib import Path
from authoring.generator.reviews import write_reviews
from helpers.generated import content_digest, titles_path, truth_path
path = Path(sys.argv[1]) / "reviews.json.gz"
write_reviews(path, 0, 2_000, 250, 120)
print(*map(content_digest, (path, titles_path(path), truth_path(path))))
"""
FIRST_AID = "import numpy as np; stable = np.argsort; np.argsort = lambda values, **_: stable(values)\n"


def digests(folder, program=DIGESTS, **environment):
    """Return the digests that a fresh process computes, as one line."""
    folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-c", program, folder]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout


def vector_units():
    """Return what NPY_DISABLE_CPU_FEATURES switches off here: nothing, and then all that numpy has beyond its least."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    found = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    return ["", " ".join(found)] if found else [""]


def test_the_data_are_the_same_with_other_vector_units_threads_and_places(tmp_path):
    here = digests(tmp_path / "here")
    for n, off in enumerate(vector_units()):
        there = digests(tmp_path / str(n), NPY_DISABLE_CPU_FEATURES=off, OMP_NUM_THREADS="4", PYTHONHASHSEED=str(n))
        assert there == here, off
    assert digests(tmp_path / "é '", LC_ALL="C", TZ="Asia/Tokyo", PYTHONUTF8="0") == here


def test_sorting_without_care_for_ties_would_be_seen(tmp_path):
    """What made the data differ between processors until version 1: numpy's default sort, on pairs that come twice."""
    units = vector_units()
    if len(units) == 1:
        pytest.skip("numpy has one way to sort on this processor")
    planted = [
        digests(tmp_path / str(n), FIRST_AID + DIGESTS, NPY_DISABLE_CPU_FEATURES=off) for n, off in enumerate(units)
    ]
    assert planted[0] != planted[1]


def test_random_numbers_are_those_of_the_raw_bits():
    """Written down: a numpy that draws other bits, or arithmetic that rounds otherwise, is noticed at once."""
    stream = draws.Draws(0)
    assert stream.uniform(2).tolist() == [0.6369616873214543, 0.2697867137638703]
    assert stream.below(10, 5).tolist() == [0, 0, 8, 9, 6]
    assert stream.permutation(5).tolist() == [4, 1, 0, 3, 2]
    assert draws.exp([1.0, -3.0]).tolist() == [2.7182805322756565, 0.04978685470502928]


def test_normal_numbers_have_the_moments_and_the_distribution_that_they_should():
    values = draws.Draws(3).normal(400_000)
    np.testing.assert_allclose([values.mean(), values.var()], [0, 1], atol=0.01)
    x = np.array([-3.0, -1.0, 0.0, 0.5, 2.0])
    np.testing.assert_allclose(reviews.noise_cdf(x), [(values < limit).mean() for limit in x], atol=0.004)
    np.testing.assert_allclose(reviews.noise_cdf(x), [0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x], atol=0.003)


@pytest.mark.long
def test_the_shipped_files_are_what_the_generator_makes(run):
    done = run("authoring", "data")
    assert done.stdout.count("as shipped") == 3
    assert "NOT" not in done.stdout


# --- series


def test_titles_are_as_in_amazons_metadata(full):
    assert len(full.titles) == len(full.items)
    assert len({line["title"] for line in full.titles.values()}) == len(full.titles)
    for asin, line in full.titles.items():
        assert line["asin"] == asin
        [kinds] = line["categories"]
        assert len(kinds) == 3
        assert all(kinds)
        assert 4 <= len(line["cast"]) <= 5
        assert not re.search(r"[{}]|  | ,|^.{0,3}$|^.{60}", line["title"])


def test_titles_are_said_in_the_texts(full):
    said = sum(full.titles[row["asin"]]["title"].lower() in row["reviewText"].lower() for row in full.rows)
    assert 0.02 < said / len(full.rows) < 0.3


def test_what_tells_series_apart_is_mostly_words_one_knows(full):
    """Of the words that a popular series' reviews use most beyond the others', most are no names."""
    names = {name.lower() for group in name_lists().values() for name in group}
    counts = Counter(word for review in full.words for word in set(review))
    known = total = 0
    for asin, _ in full.items.most_common(50):
        own = [set(review) for row, review in zip(full.rows, full.words, strict=True) if row["asin"] == asin]
        uses = Counter(word for review in own for word in review)
        lift = {word: n / counts[word] for word, n in uses.items() if n >= 5}
        best = sorted(lift, key=lift.get)[-10:]
        known += sum(word not in names for word in best)
        total += len(best)
    assert known / total > 0.6


def test_every_title_list_has_its_genre_mood_or_place():
    lists = title_lists()
    assert all(len(patterns) >= 9 for patterns in lists["genre"])
    assert {slot for patterns in lists["genre"] for pattern in patterns for slot in generator_slots(pattern)} == {
        *("First", "Surname", "Place", "Mood")
    }
    assert all(len(set(nouns)) == 6 for nouns in [*lists["setting"], *lists["mood"]])


# --- text


def test_reviews_are_as_long_as_in_amazons_files(full):
    lengths = np.array([len(row["reviewText"].split()) for row in full.rows])
    log = np.log(lengths)
    assert lengths.min() >= 5
    assert log.mean() == pytest.approx(4.11, abs=0.03)
    assert log.std() == pytest.approx(0.85, abs=0.03)
    assert 3.1e6 < lengths.sum() < 3.6e6


def test_half_of_the_variance_of_the_log_length_is_the_users(full):
    log = np.log([len(row["reviewText"].split()) for row in full.rows])
    reviewer = np.unique([row["reviewerID"] for row in full.rows], return_inverse=True)[1]
    size = np.bincount(reviewer)
    within = (np.bincount(reviewer, log**2) - np.bincount(reviewer, log) ** 2 / size).sum() / (size - 1).sum()
    assert 1 - within / log.var() == pytest.approx(0.5, abs=0.06)


def test_sentences_are_filled_spaced_and_start_with_a_capital(small):
    for row in small.rows:
        text = row["reviewText"]
        assert text.isascii()
        assert text[0].isupper()
        assert text[-1] in ".!?"
        assert not re.search(r"[{}]|  | [.,]| a [aeio](?!ne)| an [^aeiouh]", text), text


def test_words_about_a_series_are_rarer_than_the_thousand_most_common(full):
    """Notebook 4 drops the 1,000 most common words; what it looks for has to survive that."""
    counts = Counter(word for review in full.words for word in review)
    rank = {word: place for place, (word, _) in enumerate(counts.most_common(), start=1)}
    topical = {word for words in full.truth.topic_words.values() for word in words} & set(rank)
    ranks = np.array([rank[word] for word in topical])
    assert len(topical) > 1_800
    assert (ranks > 1_000).mean() > 0.9
    assert (ranks <= 11_000).mean() > 0.9
    assert len(counts) > 12_000


def test_reviews_of_a_series_use_its_own_words(full):
    """Counted in four popular series: words of its own appear far more often than those of another series.

    Words that stand in many reviews are passed over: titles have some, such as *the* and *first*.
    """
    own = other = 0
    counts = Counter(word for review in full.words for word in review)
    common = {word for word, _ in counts.most_common(1_000)}
    asins = [asin for asin, _ in full.items.most_common(4)]
    for asin, foreign in zip(asins, asins[1:] + asins[:1], strict=True):
        mine = set(full.truth.topic_words[asin]) - set(full.truth.topic_words[foreign]) - common
        theirs = set(full.truth.topic_words[foreign]) - set(full.truth.topic_words[asin]) - common
        for row, review in zip(full.rows, full.words, strict=True):
            if row["asin"] == asin:
                own += sum(word in mine for word in review)
                other += sum(word in theirs for word in review)
    assert own > 10 * other


def test_a_few_words_tell_the_rating(full):
    happy = {"great", "love", "perfect", "best", "enjoyed", "amazing"}
    unhappy = {"boring", "bad", "waste", "money", "disappointing", "but"}
    means = {
        name: np.mean([r for r, review in zip(full.ratings, full.words, strict=True) if group & set(review)])
        for name, group in (("happy", happy), ("unhappy", unhappy))
    }
    assert means["happy"] > full.ratings.mean() + 0.15
    assert means["unhappy"] < full.ratings.mean() - 0.4


# --- the words


def test_every_slot_of_a_sentence_has_words():
    known = {*filler_lists(), *topic_lists(), "tone", "title", "actor", "character"}
    lines = [line for lines in read_sections("sentences").values() for line in lines]
    slots = {slot.lower().removeprefix("a ") for line in lines for slot in generator_slots(line)}
    assert slots <= known
    assert len(lines) > 150


def generator_slots(line):
    return [part.split("}")[0] for part in line.split("{")[1:]]


def test_words_about_series_are_in_no_other_list():
    topics = [word for kind in TOPICS for group in topic_lists()[kind] for word in group]
    assert len(topics) == len(set(topics))
    filler = {word for group in filler_lists().values() for phrase in group for word in tokens(phrase)}
    sentences = {word for lines in read_sections("sentences").values() for line in lines for word in tokens(line)}
    slots = {*TOPICS, "where", "title", "actor", "character"}
    assert not set(topics) & (filler | (sentences - slots))


def test_words_are_bent_to_their_place():
    assert [plural(noun) for noun in ("loaf pan", "box", "city", "key", "knife")] == [
        "loaf pans",
        "boxes",
        "cities",
        "keys",
        "knives",
    ]
    assert [past(verb) for verb in ("plan", "copy", "bake", "open", "fix", "rewrap")] == [
        "planned",
        "copied",
        "baked",
        "opened",
        "fixed",
        "rewrapped",
    ]
    assert [gerund(verb) for verb in ("plan", "copy", "bake")] == ["planning", "copying", "baking"]
    assert [with_article(word) for word in ("used sofa", "uncle", "honest friend", "house", "old lamp")] == [
        "a used sofa",
        "an uncle",
        "an honest friend",
        "a house",
        "an old lamp",
    ]


def test_everyday_words_are_frequent_or_rare():
    """Twenty words for ten places a review: all frequent. A thousand words for half a place: all rare."""
    few = words.Common([f"w{n}" for n in range(20)], usage=10)
    many = words.Common([f"w{n}" for n in range(1_000)], usage=0.5)
    assert np.diff(few.reach, prepend=0).min() * 10 > words.FREQUENT
    np.testing.assert_allclose(np.diff(many.reach, prepend=0), 1 / 1_000)
