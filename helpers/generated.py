"""The generated reviews that are shipped: where they are, that they are whole, and what is true about them.

How they were made stands in authoring/generator/; here they are only read.
"""

import gzip
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from helpers.encoding import DAMAGE
from helpers.reviews import PACKED, ROOT, DataError, shown

SHIPPED = (PACKED if PACKED.exists() else ROOT / "dataset") / "generated" / "reviews.json.gz"
MANIFEST = SHIPPED.with_name("version.json")  # {"version": 2, "sha256": {name of a file: digest of its content}}


@dataclass(frozen=True, eq=False)
class Truth:
    """What only the maker of the data knows. Users and items are in the order of `reviewers` and `asins`.

    rating_means (nb_reviews,): E[rating | user, item] of the file's n-th review; noise_floor: the expected squared
    error of these means, the best that any model of users and items can hope for. user_biases (nb_users,) and
    item_biases (nb_items,): what they add to the latent score of a rating. tastes (nb_users, 5), traits (nb_items, 5),
    appeal (nb_items,), choosing (5,): user u takes up item i in proportion to
    appeal[i] * exp(sum of choosing * tastes[u] * traits[i]). liking (5,) are the weights of the same tastes in ratings.
    recall_ceiling and ndcg_ceiling: what the ten likeliest items for each user reach on the test reviews of the eight
    folds, the best that any recommender can hope for. topic_words[asin]: the words about that item.
    """

    rating_means: np.ndarray
    noise_floor: float
    user_biases: np.ndarray
    item_biases: np.ndarray
    choosing: np.ndarray
    liking: np.ndarray
    tastes: np.ndarray
    traits: np.ndarray
    appeal: np.ndarray
    recall_ceiling: float
    ndcg_ceiling: float
    reviewers: list
    asins: list
    topic_words: dict

    def arrays(self):
        """Return all of it as plain arrays: floats of 32 bits, and words as bytes."""
        words = "\n".join(" ".join(self.topic_words[asin]) for asin in self.asins)
        texts = {"reviewers": " ".join(self.reviewers), "asins": " ".join(self.asins), "topic_words": words}
        numbers = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in texts}
        return {name: np.asarray(value, dtype="<f4") for name, value in numbers.items()} | {
            name: np.frombuffer(text.encode("ascii"), dtype=np.uint8) for name, text in texts.items()
        }

    def save(self, path):
        """Write the arrays to `path`, an npz file."""
        with path.open("wb") as file:
            np.savez_compressed(file, **self.arrays())

    @classmethod
    def read(cls, path):
        """Read back what `save` wrote."""
        with np.load(path) as arrays:
            content = {name: arrays[name] for name in arrays.files}
        texts = {name: content[name].tobytes().decode("ascii") for name in ("reviewers", "asins", "topic_words")}
        asins = texts["asins"].split()
        words = [line.split() for line in texts["topic_words"].split("\n")]
        numbers = {name: round(float(content[name]), 4) for name, array in content.items() if array.ndim == 0}
        names = {"reviewers": texts["reviewers"].split(), "asins": asins}
        return cls(**content | numbers | names | {"topic_words": dict(zip(asins, words, strict=True))})


def read_truth(path):
    """Return the Truth of the reviews at `path`; None if none is kept beside them."""
    try:
        return Truth.read(truth_path(path))
    except FileNotFoundError:
        return None
    except DAMAGE:
        raise DataError(f"{shown(truth_path(path))} is damaged: {_remedy(path)}.") from None


def read_titles(path):
    """Return what the titles' file beside the reviews at `path` says, asin -> {"title": ..., ...}; {} without one."""
    titles = titles_path(path)
    try:
        with gzip.open(titles, "rt", encoding="utf-8") as file:
            lines = map(json.loads, file)
            return {line["asin"]: line for line in lines}
    except FileNotFoundError:
        return {}
    except (*DAMAGE, TypeError):  # TypeError: a line is no object
        raise DataError(f"{shown(titles)} is damaged: {_remedy(path)}.") from None


def truth_path(path):
    """Where the truth of the reviews at `path` is kept: reviews.json.gz -> reviews.truth.npz."""
    return _beside(path, "truth.npz")


def titles_path(path):
    """Where the titles of the items reviewed at `path` are kept: reviews.json.gz -> reviews.titles.json.gz."""
    return _beside(path, "titles.json.gz")


def _beside(path, ending):
    path = Path(path)
    return path.with_name(f"{path.name.removesuffix('.gz').removesuffix('.jsonl').removesuffix('.json')}.{ending}")


def verify(path):
    """Raise DataError, a sentence, unless the shipped reviews at `path` and what lies beside them are as shipped.

    What each should hold stands in the manifest beside them.
    """
    manifest = path.with_name(MANIFEST.name)
    try:
        expected = json.loads(manifest.read_text(encoding="ascii"))["sha256"]
    except (OSError, ValueError, LookupError):
        raise DataError(f"{shown(manifest)} is missing or damaged: {_remedy(path)}.") from None
    for name, digest in expected.items():
        if not path.with_name(name).exists():
            raise DataError(f"{shown(path.with_name(name))} is missing: {_remedy(path)}.")
        if content_digest(path.with_name(name)) != digest:
            raise DataError(f"{shown(path.with_name(name))} is not what was shipped: {_remedy(path)}.")


def _remedy(path):
    shipped = Path(path).parent.name == SHIPPED.parent.name
    return "unpack or check out the session's files again" if shipped else "delete it, or make it again"


def content_digest(path):
    """Return the sha256 of what a file holds, however it is packed: a .gz its lines, an .npz its arrays."""
    digest = hashlib.sha256()
    try:
        if Path(path).suffix == ".npz":
            with np.load(path) as arrays:
                for name in sorted(arrays.files):
                    digest.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
                    digest.update(arrays[name].tobytes())
        else:
            with gzip.open(path, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    except DAMAGE:
        return "damaged"
    return digest.hexdigest()


@contextmanager
def replacing(path):
    """Offer a temporary path to write to; it takes the place of `path` only if the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
