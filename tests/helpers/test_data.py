"""Reviews: from a file, through the cache, to ids. Most tests write the few reviews they speak of."""

import gzip
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import data, encoding
from helpers.data import DataError, Review, Reviews, item_labels, load_data, read_reviews, split_reviews, tokenise
from helpers.generated import SHIPPED, read_titles, read_truth, titles_path, truth_path, verify

REAL = data.ROOT.parent / "shared" / "data" / "reviews_Musical_Instruments_5.json.gz"


def line(user="A1", item="B1", text="Great show!", rating=5.0, **other):
    return json.dumps({"reviewerID": user, "asin": item, "reviewText": text, "overall": rating, **other})


def write(path, *lines):
    """Write lines, text or bytes, as a gzip file; return its path."""
    path.write_bytes(gzip.compress(b"".join((x.encode() if isinstance(x, str) else x) + b"\n" for x in lines)))
    return path


def some_lines(count=400, seed=1):
    """Return reviews of 30 items by users of whom some appear but once, in words of very different frequency."""
    rng = random.Random(seed)
    pairs = {}  # keeps their order, and each once
    while len(pairs) < count:
        pairs[f"A{int(count // 10 * rng.random() ** 2)}", f"B{len(pairs) * 30 // count}"] = None
    words = [f"{first}{second}" for first in "abcdefgh" for second in "aeiou"]
    texts = [
        " ".join(rng.choices(words, weights=[1 / (i + 1) for i in range(40)], k=rng.randint(0, 20)))
        for _ in range(count)
    ]
    return [line(*pair, text, float(rng.randint(1, 5))) for pair, text in zip(pairs, texts, strict=True)]


def lines_of(*texts):
    """Return a review for each text, by four users who each review one item after the other."""
    return [line(f"A{i % 4}", f"B{i // 4}", text) for i, text in enumerate(texts)]


@pytest.fixture
def some_file(tmp_path):
    return write(tmp_path / "some.json.gz", *some_lines())


@pytest.fixture(autouse=True)
def no_choice_made(monkeypatch, tmp_path):
    """Start each test as on a fresh machine, with an empty dataset/."""
    monkeypatch.delenv("RECSYS_REVIEWS", raising=False)
    monkeypatch.delenv("RECSYS_FOLD", raising=False)
    monkeypatch.setattr(data, "DATASET", tmp_path / "dataset")


@pytest.fixture
def load(monkeypatch):
    """Return load_data for a file."""

    def load(path, **choices):
        monkeypatch.setenv("RECSYS_REVIEWS", str(path))
        return load_data(**choices)

    return load


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Great SHOW, don't miss it!", ["great", "show", "don't", "miss", "it"]),
        ("'Quoted' words-with 2 numbers_and3 more", ["quoted", "words", "with", "numbers", "and", "more"]),
        ("L’été à Paris, where it’s ½ price", ["l'été", "à", "paris", "where", "it's", "price"]),
        ("Отличный сериал", ["отличный", "сериал"]),
        ("हिन्दी फिल्म", ["हिन्दी", "फिल्म"]),
        ("5 *** -- '' 42", []),
    ],
)
def test_words(text, words):
    assert tokenise(text) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_english_words_are_the_same_whether_or_not_a_review_holds_a_foreign_letter(text):
    assert tokenise(text + " é") == [*tokenise(text), "é"]


@given(st.text())
def test_words_are_whole(text):
    words = tokenise(text)
    assert tokenise(" ".join(words)) == words


# --- files


def test_read_reviews_keeps_the_order_of_the_file_and_skips_blank_lines(tmp_path):
    path = write(tmp_path / "r.json.gz", line("A2", "B1", "Not bad", 4), "", line("A1", "B1", "", 2.5, summary="x"))
    assert read_reviews(path) == [Review("A2", "B1", ["not", "bad"], 4.0), Review("A1", "B1", [], 2.5)]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("{not json}", r"line 2: broken JSON \(Expecting property name enclosed in double quotes, character 2\)\."),
        ('{"reviewerID": ' + "[" * 100_000, r"line 2: broken JSON \("),
        ('{"overall": ' + "9" * 5000 + "}", r"line 2: broken JSON \(Exceeds the limit"),
        ("{'reviewerID': " + "[" * 100_000, r"line 2: broken Python literal \("),
        ("{'reviewerID': print()}", r"line 2: broken Python literal \("),
        ("Not Found", r"line 2: this is no review, it begins with 'Not Found': a JSON object in braces is expected\."),
        ("[1, 2]", r"line 2: a review is a JSON object, this line is a list\."),
        (line()[:50], r"line 2: the review does not end here: was the file cut off\?"),
        ("{'reviewerID': 'A1', 'as", r"line 2: the review does not end here: was the file cut off\?"),
        (line() + ",", r"line 2: something follows the review: a line holds one review, with no comma behind it\."),
        (line() + line(), r"line 2: something follows the review"),
        ("{}", r"line 2: the review has no 'reviewerID'; it has: nothing\."),
        ('{"asin": "B1", "title": "A lamp"}', r"line 2: the review has no 'reviewerID'; it has: 'asin', 'title'\."),
        ('{"user_id": "A1", "asin": "B1"}', r"line 2: the review has no 'parent_asin'; it has: 'user_id', 'asin'\."),
        (line(user=None), r"line 2: 'reviewerID' must be text, it is null\."),
        (line(user=7), r"line 2: 'reviewerID' must be text, it is a number\."),
        (line(text=["good"]), r"line 2: 'reviewText' must be text, it is a list\."),
        (line(text=5), r"line 2: 'reviewText' must be text, it is a number\."),
        (b'{"reviewText": "caf\xe9"}', r"line 2: not UTF-8 text \(byte 20 of the line\): save the file as UTF-8"),
    ],
)
def test_a_broken_line_is_named(tmp_path, broken, sentence):
    path = write(tmp_path / "r.json.gz", line(), broken, line())
    with pytest.raises(DataError, match=rf"^{re.escape(str(path))}, {sentence}") as caught:
        read_reviews(path)
    assert "\n" not in str(caught.value)


def test_files_that_hold_no_reviews_are_named(tmp_path):
    whole = write(tmp_path / "whole.json.gz", *some_lines(200)).read_bytes()
    cut, damaged = tmp_path / "cut.json.gz", tmp_path / "damaged.json.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    damaged.write_bytes(whole[:2000] + bytes(100) + whole[2100:])
    for path, sentence in [
        (tmp_path / "none.json.gz", "there is no such file"),
        (tmp_path, "is a folder: name a file of reviews"),
        (cut, r"is cut off after line \d+"),
        (damaged, r"(is damaged after line \d+|line \d+: )"),
        (write(tmp_path / "blank.json.gz", "", " "), "is empty: it holds no reviews at all"),
    ]:
        with pytest.raises(DataError, match=rf"^{re.escape(str(path))}.*{sentence}"):
            read_reviews(path)


def test_in_a_notebook_an_error_is_its_sentence_alone():
    assert DataError("a.json.gz: there is no such file.")._render_traceback_() == ["a.json.gz: there is no such file."]


# --- split


def test_the_split_holds_out_one_review_in_eight_and_halves_those():
    train, val, test = split_reviews(list("abcdefghijklmnopqrstuvwxyz"), fold=1)
    assert "".join(train) == "acdefghiklmnopqstuvwxy"  # without b, j, r, z
    assert sorted(val + test) == ["b", "j", "r", "z"]
    assert len(val) == len(test) == 2


def test_the_eight_folds_hold_out_each_review_once_and_a_seed_repeats_the_draw():
    held_out = [review for fold in range(8) for part in split_reviews(range(100), fold)[1:] for review in part]
    assert sorted(held_out) == list(range(100))
    assert split_reviews(range(100), seed=3) == split_reviews(range(100), seed=3) != split_reviews(range(100), seed=4)


@pytest.mark.parametrize("fold", [8, -1, 0.5, "1"])
def test_a_fold_that_does_not_exist_is_refused(fold):
    with pytest.raises(ValueError, match="fold must be a whole number from 0 to 7"):
        split_reviews([1, 2], fold)


# --- arrays

encoded_reviews = st.lists(
    st.builds(
        Review,
        user=st.integers(0, 2**40),
        item=st.integers(0, 2**40),
        words=st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=5),
        rating=st.floats(1, 5, width=32),
    )
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(encoded_reviews, st.data())
def test_reviews_are_a_sequence(reviews, draw):
    encoded = Reviews.from_list(reviews)
    assert list(encoded) == reviews
    assert len(encoded) == len(reviews)
    cut = draw.draw(st.slices(len(reviews)))
    assert list(encoded[cut]) == reviews[cut]
    if reviews:
        positions = draw.draw(st.lists(st.integers(-len(reviews), len(reviews) - 1)))
        chosen = [reviews[i] for i in positions]
        assert encoded.__getitems__(positions) == [encoded[i] for i in positions] == chosen
        assert list(encoded[np.array(positions, dtype=int)]) == chosen


def test_a_review_comes_as_plain_numbers():
    reviews = Reviews(users=[3, 17], items=[1, 4], ratings=[1, 5], words=[8, 2], offsets=[0, 0, 2])
    assert repr(reviews[1]) == "Review(user=17, item=4, words=[8, 2], rating=5.0)"
    assert reviews[0].words == [1]  # an empty review
    assert list(reviews[np.array([False, True])]) == [reviews[1]]
    assert repr(reviews) == "Reviews(2 reviews, 2 words)"
    with pytest.raises(IndexError):
        reviews[2]


def test_a_torch_loader_batches_reviews():
    from torch.utils.data import DataLoader

    reviews = Reviews.from_list([Review(i, i, [2, i], 4.0) for i in range(5)])
    loader = DataLoader(reviews, batch_size=2, collate_fn=lambda batch: tuple(zip(*batch, strict=True)))
    assert list(loader)[1] == ((2, 3), (2, 3), ([2, 2], [2, 3]), (4.0, 4.0))


def test_reading_data_does_not_wait_for_torch():
    program = "import sys, helpers.data; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=data.ROOT).returncode == 0


def test_arrays_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="as many users as items"):
        Reviews([1], [1, 2], [5.0], [], [0, 0])
    with pytest.raises(ValueError, match="offsets"):
        Reviews([1, 2], [1, 2], [5.0, 5.0], [4, 5, 6], [0, 3, 2])


# --- ids


def the_plain_way(path, fold, max_words):
    """Encode as notebook 1 does, with dictionaries and a Counter."""
    train, val, test = split_reviews(read_reviews(path), fold)
    users = {user: i for i, user in enumerate(dict.fromkeys(review.user for review in train))}
    items = {item: i for i, item in enumerate(dict.fromkeys(review.item for review in train))}
    counts = Counter(word for review in train for word in review.words)
    common = sorted(counts, key=lambda word: (-counts[word], word))[:max_words]
    words = {word: i for i, word in enumerate(common, start=2)}

    def encode(reviews):
        return [
            Review(users[r.user], items[r.item], [words.get(word, 1) for word in r.words] or [1], r.rating)
            for r in reviews
            if r.user in users and r.item in items
        ]

    return encode(train), encode(val), encode(test), list(users), list(items), ["pad", "unk", *words]


@pytest.mark.parametrize(("fold", "max_words"), [(0, 10), (3, 10), (7, None), (None, 10_000)])
def test_ids_are_those_of_the_plain_way(some_file, load, fold, max_words):
    loaded = load(some_file, fold=fold, max_words=max_words, quiet=True)
    parts = (loaded.train, loaded.val, loaded.test, loaded.users, loaded.items, loaded.inv_word_dic)
    assert tuple(map(list, parts)) == the_plain_way(some_file, fold or 0, max_words)


def test_unseen_users_are_left_out_and_counted_aloud(tmp_path, load, capsys):
    lines = [line("only here" if i == 16 else f"A{i % 4}", f"B{i // 4}", "word", 1 + i % 5) for i in range(40)]
    loaded = load(write(tmp_path / "r.json.gz", *lines))
    assert "only here" not in loaded.users
    assert re.search("Training 35, .* left out: 1 reviews of users or items", capsys.readouterr().out)
    assert len(loaded.train) + len(loaded.val) + len(loaded.test) == 39


def test_what_is_loaded_is_said(some_file, load, capsys):
    loaded = load(some_file)
    counts = f"400 reviews, {len({r.user for r in read_reviews(some_file)})} users, 30 items"
    silent = sum(not review.words for review in read_reviews(some_file))
    left_out = 400 - sum(map(len, (loaded.train, loaded.val, loaded.test)))
    assert capsys.readouterr().out.splitlines() == [
        f"Kept for a faster start: {some_file}.encoded.npz. You may delete it.",
        f"Your reviews ({some_file}): {counts}.",
        f"Of these, without a word of text: {silent}.",
        f"Training 350, validation {len(loaded.val)}, test {len(loaded.test)}; "
        f"left out: {left_out} reviews of users or items that training never saw.",
    ]
    load(some_file, quiet=True)
    assert capsys.readouterr().out == ""


def test_the_sizes_of_the_data(some_file, load):
    loaded = load(some_file, max_words=10)
    assert (loaded.nb_users, loaded.nb_items, loaded.dic_size) == (len(loaded.users), 30, 12)
    assert loaded.mean == pytest.approx(np.mean([review.rating for review in loaded.train]))
    assert (loaded.noise_floor, loaded.generated, loaded.name) == (None, False, "your reviews")
    assert repr(loaded).startswith("ReviewData(your reviews: training 350, validation ")


@pytest.mark.parametrize("asked", ["8", "-1", "two", "1.0"])
def test_a_bad_fold_in_the_environment_is_refused(some_file, load, monkeypatch, asked):
    monkeypatch.setenv("RECSYS_FOLD", asked)
    with pytest.raises(DataError, match=f"RECSYS_FOLD must be a whole number from 0 to 7, it is '{asked}'"):
        load(some_file)


def test_the_environment_chooses_the_fold(some_file, load, monkeypatch, capsys):
    monkeypatch.setenv("RECSYS_FOLD", "3")
    assert list(load(some_file).val) == list(load(some_file, fold=3).val) != list(load(some_file, fold=0).val)
    assert "(fold 3); left out:" in capsys.readouterr().out


def test_too_few_reviews_and_too_few_words_are_refused(tmp_path, load):
    path = write(tmp_path / "few.json.gz", *lines_of(*["word"] * 7))
    with pytest.raises(DataError, match=r"few\.json\.gz holds too few reviews of the same users and items"):
        load(path)
    with pytest.raises(DataError, match="max_words must be at least 1"):
        load(path, max_words=0)


def test_a_review_file_without_a_single_word_loads(tmp_path, load):
    loaded = load(write(tmp_path / "silent.json.gz", *lines_of(*[""] * 16)))
    assert loaded.inv_word_dic == ["pad", "unk"]
    assert loaded.train[0].words == [1]
    assert data.item_labels(loaded) == ["B0", "B1", "B2", "B3"]


def test_who_needs_words_is_told_in_a_sentence_that_training_has_none(tmp_path, load):
    texts = ["word" if i % 8 == 0 else "" for i in range(32)]  # held-out words: nothing learns from those
    path = write(tmp_path / "silent.json.gz", *lines_of(*texts))
    with pytest.raises(
        DataError, match=r"The training reviews in .*silent\.json\.gz hold no words to learn from: take"
    ):
        load(path, needs_words=True)
    spoken = write(tmp_path / "spoken.json.gz", *lines_of(*["word"] * 16))
    assert load(spoken, needs_words=True).inv_word_dic == ["pad", "unk", "word"]


# --- labels


def test_an_item_is_labelled_by_what_its_reviews_alone_say(tmp_path, load):
    says = {"B1": "harbor lighthouse", "B2": "vampire castles castle", "B3": "", "B4": "harbor lighthouse keeper"}
    lines = [line(f"A{i}", item, f"great show {text}") for item, text in says.items() for i in range(17)]
    labels = dict(zip(says, data.item_labels(load(write(tmp_path / "r.json.gz", *lines))), strict=True))
    assert set(labels["B1"].split(" · ")) == {"harbor", "lighthouse"}
    assert "vampire" in labels["B2"]
    assert not {"castle", "castles"} <= set(labels["B2"].split(" · "))  # one word of two that look alike
    assert labels["B4"].startswith("keeper · ")
    assert len(set(labels.values())) == 4


# --- where reviews come from


def test_the_file_named_by_the_environment_comes_first(some_file, monkeypatch):
    data.DATASET.mkdir()
    write(data.DATASET / "reviews_Amazon_Instant_Video_5.json.gz", line())
    monkeypatch.setenv("RECSYS_REVIEWS", str(some_file))
    assert data.find_reviews() == some_file


def test_a_named_file_that_is_missing_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_REVIEWS", str(tmp_path / "none.json.gz"))
    with pytest.raises(DataError, match=r"RECSYS_REVIEWS names .*none\.json\.gz, which does not exist"):
        load_data()


def test_the_downloaded_file_comes_before_the_generated_one():
    data.DATASET.mkdir()
    downloaded = write(data.DATASET / "reviews_Amazon_Instant_Video_5.json.gz", *some_lines())
    assert data.find_reviews() == downloaded
    assert load_data(quiet=True).name == "Amazon Instant Video reviews"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A copy of the shipped files, in a folder of the same name, that tests may damage."""
    folder = tmp_path / "generated"
    shutil.copytree(SHIPPED.parent, folder, ignore=shutil.ignore_patterns("*.encoded.npz*"))
    monkeypatch.setattr(data, "SHIPPED", folder / SHIPPED.name)
    return folder / SHIPPED.name


def test_without_any_other_file_the_shipped_reviews_are_taken_with_titles_and_categories(shipped, capsys):
    loaded = load_data()
    assert capsys.readouterr().out.startswith(
        f"Generated reviews ({shipped}): 37,126 reviews, 5,130 users, 1,685 items"
    )
    assert loaded.generated
    assert loaded.noise_floor == read_truth(SHIPPED).noise_floor
    again = load_data(quiet=True)
    assert list(again.val) == list(loaded.val)
    known = read_titles(SHIPPED)
    assert loaded.titles == [known[asin]["title"] for asin in loaded.items]
    assert loaded.categories == [known[asin]["categories"][0] for asin in loaded.items]
    assert item_labels(loaded) == loaded.titles


def test_an_item_that_the_titles_file_does_not_know_is_called_by_its_words(some_file, load, tmp_path):
    words = item_labels(load(some_file))
    with gzip.open(titles_path(some_file), "wt", encoding="utf-8") as file:
        file.write(json.dumps({"asin": "B0", "title": "Söderköping, 1901"}) + "\n")
    loaded = load(some_file)
    item = loaded.items.index("B0")
    assert loaded.titles.count(None) == 29
    assert loaded.categories == [[]] * 30
    assert item_labels(loaded) == [*words[:item], "Söderköping, 1901", *words[item + 1 :]]


@pytest.mark.parametrize("said", [{}, {"categories": []}, {"title": None, "categories": None}])
def test_a_line_of_the_titles_file_may_say_little(some_file, load, said):
    words = item_labels(load(some_file))
    write(titles_path(some_file), json.dumps({"asin": "B0", **said}))
    loaded = load(some_file)
    assert loaded.categories == [[]] * 30
    assert item_labels(loaded) == words


@pytest.mark.parametrize("line", ["[1]", '{"title": "no asin"}', "3", "{"])
def test_a_titles_file_that_is_none_is_refused(some_file, load, line):
    write(titles_path(some_file), line)
    with pytest.raises(DataError, match=r"titles\.json\.gz is damaged: delete it, or make it again"):
        load(some_file)


@pytest.mark.parametrize("name", ["reviews.json.gz", "reviews.titles.json.gz", "reviews.truth.npz"])
def test_shipped_files_that_are_not_as_shipped_are_refused(shipped, name):
    """Changed, damaged, or gone: whichever of the three it is, a sentence names it."""
    path, other = shipped.with_name(name), shipped.with_name("reviews.json.gz")
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(
        DataError, match=rf"{name} is not what was shipped: unpack or check out the session's files again"
    ):
        load_data()
    with gzip.open(path, "wb") as file:
        file.write(b"{}" + gzip.decompress(other.read_bytes()) if name.endswith(".gz") else b"")
    with pytest.raises(DataError, match=rf"{name} is not what was shipped"):
        load_data()
    path.unlink()
    with pytest.raises(DataError, match=rf"{name}(:| is missing)"):
        load_data()


def test_a_manifest_that_is_gone_is_named(shipped):
    shipped.with_name("version.json").unlink()
    with pytest.raises(DataError, match=r"version\.json is missing or damaged: unpack"):
        load_data()


def test_packed_anew_the_shipped_files_are_still_the_shipped_ones(shipped):
    """A checkout that packs otherwise, or `make data` with another zlib: what counts is what the files hold."""
    for path in (shipped, titles_path(shipped)):
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1))
    verify(shipped)


def test_a_truth_that_cannot_be_that_of_the_reviews_is_refused(some_file, load):
    shutil.copy(truth_path(SHIPPED), truth_path(some_file))
    with pytest.raises(DataError, match="and the truth beside it do not belong together: take both from one place"):
        load(some_file)
    truth_path(some_file).write_bytes(b"damaged")
    with pytest.raises(DataError, match=r"truth\.npz is damaged: delete it, or make it again"):
        load(some_file)
    truth_path(some_file).unlink()
    assert not load(some_file).generated


def test_paths_inside_the_project_are_the_same_on_every_machine(tmp_path):
    assert data.shown(data.ROOT / "dataset" / "a.json.gz") == "dataset/a.json.gz"
    assert data.shown(tmp_path / "a.json.gz") == str(tmp_path / "a.json.gz")


# --- the cache


def test_a_second_load_reads_the_cache_not_the_texts(some_file, load, monkeypatch):
    first = load(some_file)
    monkeypatch.setattr(encoding, "encode", None)  # encoding again would now fail
    second = load(some_file)
    assert list(second.train) == list(first.train)
    assert second.inv_word_dic == first.inv_word_dic
    other = load(some_file, fold=5, max_words=7)  # one cache serves every fold and vocabulary
    assert other.dic_size == 9


def test_names_with_any_character_survive_the_cache(tmp_path, load):
    names = [("a\nb\ud800", 'ü, "c"'), ("a\nb\ud800", "d"), ("e", 'ü, "c"'), ("e", "d")]
    path = write(tmp_path / "r.json.gz", *lines_of(*[""] * 16), *[line(*pair, "naïve été") for pair in names])
    assert [load(path).users[4:], load(path).items[4:]] == [["a\nb\ud800", "e"], ["d", 'ü, "c"']]
    assert load(path).inv_word_dic[2:] == ["naïve", "été"]


def test_a_cache_of_other_content_is_made_again(some_file, load, capsys):
    load(some_file)
    write(some_file, *some_lines(seed=2))
    fresh = load(some_file)
    assert "some.json.gz.encoded.npz cannot be used (it was made from other content" in capsys.readouterr().out
    assert list(fresh.train) == the_plain_way(some_file, 0, 10_000)[0]


def test_a_cache_of_another_tokeniser_is_made_again(some_file, load, capsys, monkeypatch):
    load(some_file)
    monkeypatch.setattr(encoding, "TOKENISER_VERSION", -1)
    load(some_file)
    assert "cannot be used (it was made from other content or by another version)" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "npy", "flipped"])
def test_a_damaged_cache_is_made_again(some_file, load, capsys, damage):
    good = load(some_file)
    cache = encoding.cache_path(some_file)
    whole = cache.read_bytes()
    if damage == "npy":
        with cache.open("wb") as file:
            np.save(file, np.arange(3))
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes(byte ^ 255 for byte in whole[middle : middle + 50]) + whole[middle + 50 :]
        cache.write_bytes({"cut": whole[:-100], "empty": b"", "text": b"not a zip", "flipped": flipped}[damage])
    capsys.readouterr()
    assert list(load(some_file).train) == list(good.train)
    assert "encoded.npz cannot be used (" in capsys.readouterr().out
    load(some_file)
    assert "cannot be used" not in capsys.readouterr().out


def test_a_cache_that_cannot_be_written_is_done_without(some_file, load, capsys):
    encoding.cache_path(some_file).mkdir()
    assert len(load(some_file).train) == 350
    assert "encoded.npz cannot be written (Is a directory): the next start" in capsys.readouterr().out
    assert not list(some_file.parent.glob("*.tmp"))


def test_two_processes_may_encode_at_once(tmp_path):
    path = write(tmp_path / "r.json.gz", *some_lines(4000))
    context = multiprocessing.get_context("fork")
    together = context.Barrier(2)

    def work():
        together.wait()
        encoding.load_encoded(path)

    workers = [context.Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.json.gz", "r.json.gz.encoded.npz"]
    assert list(encoding.load_encoded(path, say=pytest.fail).reviews) == list(encoding.encode(path).reviews)


# --- the command line, and real reviews


def show(**environment):
    command = [sys.executable, "-m", "helpers.data", "show"]
    return subprocess.run(command, cwd=data.ROOT, env=os.environ | environment, capture_output=True, text=True)


def test_show_says_what_the_notebooks_would_use(some_file):
    shown = show(RECSYS_REVIEWS=str(some_file))
    assert shown.returncode == 0
    assert f"\nYour reviews ({some_file}): 400 reviews, " in shown.stdout


def test_show_says_in_one_line_what_is_wrong(tmp_path):
    shown = show(RECSYS_REVIEWS=str(write(tmp_path / "r.json.gz", line(), "{")))
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert re.fullmatch(r".*r\.json\.gz, line 2: the review does not end here: .*\n", shown.stderr)


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL.name} is not at hand")
def test_real_reviews(tmp_path, load, capsys):
    path = tmp_path / REAL.name
    path.symlink_to(REAL)  # so that the cache is kept here
    loaded = load(path)
    assert "Musical Instruments reviews" in loaded.name
    assert "10,261 reviews, 1,429 users, 900 items." in capsys.readouterr().out
    assert (len(loaded.train), len(loaded.val), len(loaded.test)) == (8978, 641, 642)
    assert loaded.mean == pytest.approx(4.4887, abs=0.01)
    labels = data.item_labels(loaded)
    assert len(set(labels)) > 890
    assert any("capo" in label for label in labels)
