"""The whole session on unusual files: each notebook runs to its end, or says in a sentence why it cannot.

The solved notebooks are executed in a copy of the project, since they keep results beside it.
"""

import gzip
import json
import random
import re
import shutil

import pytest

from authoring.notebooks import execute, read, solution_paths
from helpers.data import ROOT
from helpers.lines import ReviewLines
from helpers.reviews import split_reviews, tokenise

pytestmark = pytest.mark.proof

GOOD = [
    "great",
    "sehr gut",
    "отличный",
    "很好",
    "अच्छा",
    "ممتاز",
    "très réussi 😀",
    "재미있다",
    "cafe\u0301 noir 👩‍👩‍👧",
]
BAD = ["awful", "schlecht", "ужасный", "不好", "बुरा", "سيئ", "raté 😡", "지루하다", "zá\u0323klamán\u0301í 🇫🇷"]
ALPHABETS = "aeinorst", "абвгдеик", "αβγδεηικ", "あいうえかきくけ", "가나다라마바사아", "कखगचजतनप", "بتجحدرسع"
MARKS = "\u0301\u0323\u0308"  # combining: an acute accent, a dot below, a diaeresis


def made_up_words(alphabets, count, rng):
    """Return different words of 4 to 8 letters, each of one alphabet; a tenth have a combining mark."""
    words = set()
    while len(words) < count:
        word = "".join(rng.choices(rng.choice(alphabets), k=rng.randint(4, 8)))
        words.add(word + rng.choice(MARKS) if len(alphabets) > 1 and rng.random() < 0.1 else word)
    return sorted(words)


def write_reviews(path, nb_reviews, nb_users, nb_items, words, nb_words, opinions=(GOOD[:1], BAD[:1]), longest=()):
    """Write reviews in which there is something to learn, sorted by item, as gzipped JSON lines; return `path`.

    Users and items have tastes, and texts say with words of `opinions` whether the rating is high. Their other words
    come from `words`, the first ones most often and some of them only about one item. A text has `nb_words` on average,
    or none; those at the positions `longest` have 100,000.
    """
    rng = random.Random(0)
    user_biases, item_biases = ([rng.gauss(0, 0.9) for _ in range(nb)] for nb in (nb_users, nb_items))
    weights = [1 / (rank + 10) for rank in range(len(words))]
    users = [n % nb_users for n in range(nb_reviews)]
    rng.shuffle(users)
    lines, met = [], set()
    for n, user in enumerate(users):
        item = n * nb_items // nb_reviews
        while (user, item) in met:  # nobody reviews an item twice
            user = (user + 1) % nb_users
        met.add((user, item))
        rating = min(5, max(1, round(3.5 + user_biases[user] + item_biases[item] + rng.gauss(0, 0.3))))
        text, nb = [], 100_000 if n in longest else rng.randint(0, 2 * nb_words)
        if nb:
            text += rng.choices(words, weights, k=nb // 2) + rng.choices(words[400 + item :: nb_items], k=nb // 4)
            text += rng.choices(opinions[rating < 4], k=nb - len(text))
            rng.shuffle(text)
        review = {"reviewerID": f"A{user}", "asin": f"B{item}", "reviewText": " ".join(text), "overall": rating}
        lines.append(json.dumps(review, ensure_ascii=False))
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), compresslevel=1))
    return path


def without_texts(path):
    return write_reviews(path, 600, 60, 40, words=[], nb_words=0)


def with_few_reviews(path):
    words = made_up_words(ALPHABETS[:1], 4_000, random.Random(0))
    return write_reviews(path, 200, 30, 25, words, nb_words=60)


def with_many_alphabets(path):
    """Long are the first line, the first training review and a test review."""
    words = made_up_words(ALPHABETS, 4_000, random.Random(0))
    longest = 0, 1, split_reviews(range(600))[2][0]
    return write_reviews(path, 600, 60, 40, words, nb_words=60, opinions=(GOOD, BAD), longest=longest)


FILES = {"no-texts": without_texts, "200-reviews": with_few_reviews, "many-alphabets": with_many_alphabets}
REFUSALS = {
    ("no-texts", "03_ratings_from_text"): "The training reviews in {path} hold no words to learn from: "
    "take reviews with texts.",
    ("no-texts", "04_predicting_text"): "Without their 1,000 most common words, your reviews leave nothing to predict: "
    "take a file with longer reviews, or with more of them.",
}


@pytest.fixture(scope="module", params=FILES)
def unusual(request, tmp_path_factory):
    """The name of a kind of file, and a file of that kind."""
    return request.param, FILES[request.param](tmp_path_factory.mktemp("reviews") / f"{request.param}.json.gz")


@pytest.fixture(scope="module")
def project(course):
    """A copy of what the notebooks need: the results that they keep stay in it."""
    shutil.copytree(ROOT / "helpers", course / "helpers")
    return course


@pytest.mark.long
@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in solution_paths()])
def test_a_notebook_runs_to_its_end_or_says_in_a_sentence_why_not(path, unusual, project, clean_environment):
    kind, reviews = unusual
    env = clean_environment | {"RECSYS_REVIEWS": str(reviews), "PYTHONPATH": str(project)}
    notebook = execute(read(path), project / "solutions" / "recommenders2", env, allow_errors=True)
    refusals = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            said = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            assert output.get("name") != "stderr", f"{cell.id}: {said}"
            assert not re.search(r"\b(nan|inf)\b", said), f"{cell.id}: {said}"
            assert len(said) < 5_000, f"{cell.id} floods the page"
            if output.output_type == "error" and not (refusals and output.ename == "NameError"):
                refusals.append("\n".join(output.traceback))
    assert refusals == [sentence.format(path=reviews) for sentence in [REFUSALS.get((kind, path.stem))] if sentence]


def test_the_unusual_files_are_what_they_are_meant_to_be(tmp_path):
    texts = {kind: [text for _, _, text, _ in ReviewLines(write(tmp_path / kind))] for kind, write in FILES.items()}
    assert set(texts["no-texts"]) == {""}
    assert len(texts["200-reviews"]) == 200
    assert sorted(len(tokenise(text)) >= 100_000 for text in texts["many-alphabets"])[-4:] == [False, True, True, True]
    letters = set("".join(texts["many-alphabets"]))
    assert {"😀", "\u200d", "\u0323", "ж", "あ", "अ", "س"} <= letters
