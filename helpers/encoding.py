"""Encoding: the reviews of a file as arrays of ids, made once and kept, most often beside the file."""

import hashlib
import json
import secrets
import zipfile
import zlib
from array import array
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.lines import ReviewLines
from helpers.reviews import TOKENISER_VERSION, Reviews, shown, tokenise

FORMAT_VERSION = 2
# what reading an archive of arrays may raise when some of its bytes are missing or changed
DAMAGE = (OSError, EOFError, LookupError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Encoded(NamedTuple):
    """A whole file: its reviews as ids, and what the ids stand for; no fold or vocabulary size is chosen yet.

    Users and items are numbered in the order in which the file first names them, words in the order of the alphabet.
    """

    reviews: Reviews
    users: list[str]
    items: list[str]
    words: list[str]
    left_out: dict[str, list[int]]  # as ReviewLines tells it


def encode(path):
    """Return the reviews of a file as Encoded."""
    user_ids, item_ids, word_ids = (_numbering() for _ in range(3))
    users, items, words, offsets, ratings = array("q"), array("q"), array("i"), array("q", [0]), array("f")
    lines = ReviewLines(path)
    for user, item, text, rating in lines:
        users.append(user_ids[user])
        items.append(item_ids[item])
        words.extend(map(word_ids.__getitem__, tokenise(text)))
        offsets.append(len(words))
        ratings.append(rating)
    vocabulary = sorted(word_ids)
    rank = np.empty(len(vocabulary), dtype=np.int32)
    rank[[word_ids[word] for word in vocabulary]] = np.arange(len(vocabulary))
    reviews = Reviews(users, items, ratings, rank[np.asarray(words)], offsets)
    return Encoded(reviews, list(user_ids), list(item_ids), vocabulary, lines.left_out)


def _numbering():
    """Return a dictionary that numbers what it is asked for, from 0, in the order of asking."""
    numbers = defaultdict(int)
    numbers.default_factory = numbers.__len__
    return numbers


def load_encoded(path, say=print, verify=lambda: None, ours=False, folder=None):
    """Return `encode(path)`, from its cache if that was made from this very content, else made now.

    verify: called before the file itself is read; it raises an error if the file is not to be trusted. ours: the file
    belongs to the session. folder: where the cache is kept, if not beside the file. `say` tells of a cache that is new
    beside a file of somebody's own, that does not match or is damaged, and so is made again, or that cannot be written,
    and so is done without.
    """
    cache = cache_path(path, folder)
    try:
        key = cache_key(path) if Path(path).is_file() else None  # reading a pipe might wait for ever
    except OSError:
        key = None
    if key is None:
        return encode(path)  # which says what is wrong with the file
    if cache.exists():
        try:
            return _read_cache(cache, key)
        except DAMAGE as error:
            say(f"{shown(cache)} cannot be used ({_reason(error)}): encoding the reviews again.")
    verify()
    encoded, is_new = encode(path), not cache.exists()
    try:
        _write_cache(cache, key, encoded)
        if is_new and not ours:
            say(f"Kept for a faster start: {shown(cache)}. You may delete it.")
    except OSError as error:
        say(f"{shown(cache)} cannot be written ({_reason(error)}): the next start will encode the reviews again.")
    return encoded


def cache_path(path, folder=None):
    """Return where the encoded form of a file of reviews is kept: in `folder`, or beside the file."""
    path = Path(path)
    return Path(folder or path.parent, path.name + ".encoded.npz")


def cache_key(path):
    """Return what a cache must have been made from: the file's content, this tokeniser, this format of the cache."""
    with Path(path).open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{content} tokeniser {TOKENISER_VERSION} format {FORMAT_VERSION}"


def _write_cache(cache, key, encoded):
    """Write under another name first: a reader sees a whole cache or none, also while two processes write it."""
    arrays = {name: getattr(encoded.reviews, name) for name in ("users", "items", "ratings", "words", "offsets")}
    names = {"user_names": encoded.users, "item_names": encoded.items, "vocabulary": encoded.words}
    names["left_out"] = encoded.left_out
    unfinished = cache.with_name(f"{cache.name}.{secrets.token_hex(4)}.tmp")
    cache.parent.mkdir(parents=True, exist_ok=True)
    try:
        with unfinished.open("xb") as file:
            np.savez(file, key=_pack(key), **arrays, **{name: _pack(strings) for name, strings in names.items()})
        unfinished.replace(cache)
    finally:
        unfinished.unlink(missing_ok=True)


def _read_cache(cache, key):
    """Return the cache's content; raises one of DAMAGE if it is not whole, ValueError if `key` is another."""
    with zipfile.ZipFile(cache) as archive:
        damaged = archive.testzip()  # so that numpy never sees a damaged array
    if damaged:
        raise ValueError(f"its part {damaged} is damaged")
    with np.load(cache, allow_pickle=False) as arrays:
        if _unpack(arrays["key"]) != key:
            raise ValueError("it was made from other content or by another version")
        reviews = Reviews(*(arrays[name] for name in ("users", "items", "ratings", "words", "offsets")))
        names = [_unpack(arrays[name]) for name in ("user_names", "item_names", "vocabulary")]
        left_out = _unpack(arrays["left_out"])
    for ids, strings in zip((reviews.users, reviews.items, reviews.words), names, strict=True):
        if len(ids) and not 0 <= ids.min() <= ids.max() < len(strings):
            raise ValueError("its arrays do not fit together")
    return Encoded(reviews, *names, left_out)


def _pack(value):
    """Return strings as an array of bytes. JSON, since names may hold any character, and no pickle is needed."""
    return np.frombuffer(json.dumps(value).encode("ascii"), dtype=np.uint8)


def _unpack(characters):
    return json.loads(characters.tobytes())


def _reason(error):
    """Return the error in a few words, without a path: it was named already."""
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
