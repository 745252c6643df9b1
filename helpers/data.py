"""Data: which reviews are taken, and how they reach a notebook: found, read, split and turned into ids.

`python -m helpers.data show` says what the notebooks would use, `python -m helpers.data download` fetches real reviews.
"""

import argparse
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from helpers.encoding import load_encoded
from helpers.generated import SHIPPED, read_titles, read_truth, verify
from helpers.lines import describe, first_line, read_reviews, read_texts
from helpers.reviews import (
    DATASET,
    FIRST_WORD,
    NB_FOLDS,
    PACKED,
    ROOT,
    UNKNOWN,
    DataError,
    Review,
    Reviews,
    shown,
    split_reviews,
    tokenise,
)

__all__ = [  # what notebooks and other modules import from here
    "DataError",
    "Review",
    "ReviewData",
    "Reviews",
    "find_reviews",
    "first_line",
    "item_labels",
    "load_data",
    "read_reviews",
    "read_texts",
    "split_reviews",
    "tokenise",
]

QUOTES = "\"'“”‘’"
CATEGORY = "Amazon_Instant_Video"  # what this session was written for


def find_reviews():
    """Return the file that the notebooks read.

    That is the file named by the environment variable RECSYS_REVIEWS; else the downloaded reviews of Amazon Instant
    Video; else the generated reviews that come with the session.
    """
    named = os.environ.get("RECSYS_REVIEWS", "").strip().strip(QUOTES)  # Windows' `set` keeps the quotes around a path
    if named:
        return _named(named)
    downloaded = DATASET / f"reviews_{CATEGORY}_5.json.gz"
    return downloaded if downloaded.exists() else SHIPPED


def _named(named):
    """Return the path of the file that RECSYS_REVIEWS names: from where the command was typed, else from the root."""
    if "://" in named:
        raise DataError(f"RECSYS_REVIEWS names an address, {named}: download the file, and name that.")
    typed_in = Path(os.environ.get("PWD") or ".")  # JupyterLab moves its kernels to the notebooks' folder
    bases = dict.fromkeys(folder.absolute() for folder in (Path(), typed_in, ROOT))
    paths = [base / os.path.expanduser(named) for base in bases]  # noqa: PTH111 - Path's fails for an unknown ~user
    for path in paths:
        if os.path.lexists(path):
            return path
    places = f", neither from {' nor from '.join(map(str, bases))}" if len(set(paths)) > 1 else ""
    raise DataError(f"RECSYS_REVIEWS names {named}, which does not exist{places}: mend the name, or unset it.")


@dataclass(frozen=True, eq=False)
class ReviewData:
    """Reviews as ids, split, with what the ids stand for. All ids come from the training reviews alone."""

    name: str  # what was taken, in words
    path: Path
    train: Reviews
    val: Reviews
    test: Reviews
    users: list[str]  # id -> reviewerID
    items: list[str]  # id -> asin
    inv_word_dic: list[str]  # id -> word; 0 "pad", 1 "unk"
    titles: list[str | None]  # id -> title, as the titles' file beside the reviews says; None where it says nothing
    categories: list[list[str]]  # id -> what sort of thing it is, from the general to the particular; [] if unknown
    noise_floor: float | None = None  # the error that no model can beat; known for generated reviews alone
    fold: int = 0  # which 1 in 8 of the reviews is held out

    @property
    def nb_users(self):
        """The number of users that training knows."""
        return len(self.users)

    @property
    def nb_items(self):
        """The number of items that training knows."""
        return len(self.items)

    @property
    def dic_size(self):
        """The number of word ids: the words, and the two ids for padding and unknown words."""
        return len(self.inv_word_dic)

    @property
    def mean(self):
        """The mean of the training ratings."""
        return float(self.train.ratings.mean(dtype=np.float64))

    @property
    def generated(self):
        """Whether the reviews are generated, not written by people."""
        return self.noise_floor is not None

    def __repr__(self):
        parts = f"training {len(self.train):,}, validation {len(self.val):,}, test {len(self.test):,}"
        return f"ReviewData({self.name}: {parts}; {self.nb_users:,} users, {self.nb_items:,} items)"


def load_data(fold=None, max_words=10_000, quiet=False, needs_words=False):
    """Return the reviews that `find_reviews` finds as ReviewData, and say on screen what they are.

    fold: the reviews at positions i % 8 == fold are held out; None takes the environment variable RECSYS_FOLD, else 0.
    max_words: only so many words get an id, the most frequent ones of the training reviews; None: all words.
    needs_words: refuse reviews without a single word, from which a model of text has nothing to learn.

    Raises DataError, a sentence, where the file or a choice cannot be used.
    """
    say = (lambda sentence: None) if quiet else print
    # what is written to the disk is said in any case
    warn = partial(print, file=sys.stderr) if quiet else print
    fold = _fold() if fold is None else fold
    if max_words is not None and max_words < 1:
        raise DataError(f"max_words must be at least 1, or None for all words; it is {max_words!r}.")
    path = find_reviews()
    trusted = partial(verify, path) if path == SHIPPED else lambda: None
    ours = path == SHIPPED or path.parent == DATASET
    encoded = load_encoded(path, warn, trusted, ours, DATASET if path.is_relative_to(PACKED) else None)
    truth, known_items = read_truth(path), read_titles(path)
    if truth is not None and len(truth.rating_means) != len(encoded.reviews):
        raise DataError(f"{shown(path)} and the truth beside it do not belong together: take both from one place.")
    name = _name(path, truth is not None)
    counts = f"{len(encoded.reviews):,} reviews, {len(encoded.users):,} users, {len(encoded.items):,} items"
    say(f"{name[0].upper()}{name[1:]} ({shown(path)}): {counts}.")
    if encoded.left_out:
        say(describe(encoded.left_out))
    if silent := np.count_nonzero(encoded.reviews.lengths == 0):
        say(f"Of these, without a word of text: {silent:,}.")

    *parts, users, items, words = _restrict(encoded, fold, max_words)
    titles = [known_items.get(asin, {}).get("title") for asin in items]
    categories = [(known_items.get(asin, {}).get("categories") or [[]])[0] for asin in items]
    floor = truth.noise_floor if truth else None
    data = ReviewData(name, path, *parts, users, items, words, titles, categories, floor, fold)
    if not (len(data.train) and len(data.val) and len(data.test)):
        raise DataError(f"{shown(path)} holds too few reviews of the same users and items to split them.")
    if needs_words and data.dic_size == FIRST_WORD:
        raise DataError(f"The training reviews in {shown(path)} hold no words to learn from: take reviews with texts.")
    sizes = f"Training {len(data.train):,}, validation {len(data.val):,}, test {len(data.test):,}"
    which = f" (fold {fold})" if fold else ""
    left_out = len(encoded.reviews) - len(data.train) - len(data.val) - len(data.test)
    say(f"{sizes}{which}; left out: {left_out:,} reviews of users or items that training never saw.")
    return data


def _fold():
    """Return the fold that the environment variable RECSYS_FOLD asks for, 0 if it asks for none."""
    asked = os.environ.get("RECSYS_FOLD") or "0"
    if asked not in map(str, range(NB_FOLDS)):
        raise DataError(f"RECSYS_FOLD must be a whole number from 0 to {NB_FOLDS - 1}, it is {asked!r}.")
    return int(asked)


def _name(path, generated):
    if generated:
        return "generated reviews"
    category = path.name.removeprefix("reviews_").removesuffix("_5.json.gz")
    return f"{category.replace('_', ' ')} reviews" if path.name == f"reviews_{category}_5.json.gz" else "your reviews"


def _restrict(encoded, fold, max_words):
    """Return train, val, test, users, items, words: the split reviews, with the ids that training alone gives."""
    reviews = encoded.reviews
    train, *held_out = (np.array(part, dtype=np.int64) for part in split_reviews(range(len(reviews)), fold))
    users, user_ids = _number_by_appearance(reviews.users, train, len(encoded.users))
    items, item_ids = _number_by_appearance(reviews.items, train, len(encoded.items))

    counts = np.bincount(reviews[train].words, minlength=len(encoded.words))
    words = np.argsort(-counts, kind="stable")  # stable: equally frequent words stay in the order of the alphabet
    words = words[: np.count_nonzero(counts)][:max_words]
    word_ids = np.full(len(encoded.words), UNKNOWN, dtype=np.int32)
    word_ids[words] = np.arange(FIRST_WORD, FIRST_WORD + len(words))

    new_words = word_ids[reviews.words]
    new = Reviews(user_ids[reviews.users], item_ids[reviews.items], reviews.ratings, new_words, reviews.offsets)
    known = (new.users >= 0) & (new.items >= 0)
    parts = [new[part[known[part]]] for part in (train, *held_out)]
    inv_word_dic = ["pad", "unk", *(encoded.words[word] for word in words)]
    return *parts, [encoded.users[user] for user in users], [encoded.items[item] for item in items], inv_word_dic


def _number_by_appearance(ids, train, nb_ids):
    """Return the ids (K,) of the training reviews as they appear, and the number of each (nb_ids,), -1 if unseen."""
    seen, first = np.unique(ids[train], return_index=True)
    seen = seen[np.argsort(first)]
    numbers = np.full(nb_ids, -1, dtype=np.int64)
    numbers[seen] = np.arange(len(seen))
    return seen, numbers


def item_labels(data, nb_words=2):
    """Return a label for each item id: its title or, where none is known, its own words, such as "harbor · lighthouse".

    Taken are the words of at least 4 letters by which the item's training reviews differ most from all others, no two
    of which begin with the same 4 letters ("cable", "cables"); one more where another item has the label already. They
    are words that other items share, since a name would say nothing to a reader. An item without words is called by its
    asin.
    """
    if all(data.titles):
        return list(data.titles)
    labels, taken = [], set()
    for asin, title, words in zip(data.items, data.titles, _own_words(data, 8), strict=True):
        if title:
            labels.append(title)
            continue
        unlike = [word for i, word in enumerate(words) if word[:4] not in [other[:4] for other in words[:i]]]
        lengths = range(nb_words, max(len(unlike), nb_words) + 1)
        candidates = [" · ".join(unlike[:length]) or asin for length in lengths]
        label = next((candidate for candidate in candidates if candidate not in taken), candidates[0])
        labels.append(label)
        taken.add(label)
    return labels


def _own_words(data, nb_words):
    """Return for each item its `nb_words` words that score highest, best first.

    A word that n of the item's reviews use, a share p of them, and a share q of all reviews, scores (n - 1/2) log(p/q):
    one use alone says little. Words of at least 3 reviews, which use them 5 times as often as others do, come first,
    and words that hardly another item's reviews use come last.
    """
    train, dic_size = data.train, data.dic_size
    long_enough = np.array([len(word) >= 4 for word in data.inv_word_dic])  # "pad" and "unk" are not
    uses = np.repeat(np.arange(len(train)), train.lengths) * dic_size + train.words
    # a review that uses a word twice counts once (asked for counts, np.unique sorts, which is ten times as fast here)
    uses, _ = np.unique(uses[long_enough[train.words]], return_counts=True)
    pairs, counts = np.unique(train.items[uses // dic_size] * dic_size + uses % dic_size, return_counts=True)
    items, words = pairs // dic_size, pairs % dic_size
    share_of_all = np.bincount(uses % dic_size, minlength=dic_size) / len(train)
    lift = counts / np.bincount(train.items)[items] / share_of_all[words]
    shared = np.bincount(words, minlength=dic_size)[words] >= min(20, data.nb_items // 20)
    clear = (counts >= 3) & (lift >= 5)
    best = np.lexsort((-(counts - 0.5) * np.log(lift), ~clear, ~shared, items))
    rank = np.arange(len(best)) - np.searchsorted(items, items)  # within the item: `items` stays sorted
    best = best[rank < nb_words]
    own_words = [[] for _ in data.items]
    for item, word in zip(items[best].tolist(), words[best].tolist(), strict=True):
        own_words[item].append(data.inv_word_dic[word])
    return own_words


def main(arguments=None):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpers.data", description="The reviews that the notebooks read.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("show", help="say which reviews the notebooks would use, and how many they are")
    fetch = commands.add_parser("download", help="fetch the real reviews of a category into dataset/")
    fetch.add_argument("category", nargs="?", default=CATEGORY, help=f"the category's name, {CATEGORY} if not given")
    fetch.add_argument("--url", metavar="BASE", help="the address of the folder that holds the files")
    options = parser.parse_args(arguments)
    try:
        if options.command == "show":
            load_data()
        else:
            from helpers.download import BASE_URL, download  # here, since notebooks never need it

            download(options.category, DATASET, options.url or BASE_URL)
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped: nothing has changed.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
