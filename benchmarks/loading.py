"""From a file of reviews to the first batch: ours, cold and cached, beside pandas and polars doing the same."""

import gzip
import os
import re
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.measuring import Clock, in_a_process, interleaved, median, memory
from benchmarks.report import Part, Table, at_most
from helpers.data import find_reviews, load_data
from helpers.reviews import split_reviews

MAX_WORDS, BATCH, LONGEST = 10_000, 512, 256
WORD = r"[a-z]+(?:'[a-z]+)*"
HEADINGS = ("way", "times ours, cold", "CPU s", "wall s", "peak MB", "beyond imports, MB", "words of the first batch")


def ours(path):
    """Read the reviews at `path` as the notebooks do; return seconds and memory to the first batch."""
    from benchmarks.notebook_models import cells
    from helpers.batches import first_words

    collate = cells("03_ratings_from_text", ("setup", "tuple-batch-text"))["tuple_batch_text"]
    os.environ["RECSYS_REVIEWS"] = path
    before = memory("VmRSS")
    with Clock() as clock:
        data = load_data(quiet=True)
        order = np.random.default_rng(0).permutation(len(data.train))[:BATCH]
        batch = collate(list(first_words(data.train[order], LONGEST)))
    return told(clock, before, batch[2].numpy())


def with_pandas(path):
    """Do the same with pandas."""
    import pandas as pd

    before = memory("VmRSS")
    with Clock() as clock:
        table = pd.read_json(path, lines=True, compression="gzip")[["reviewerID", "asin", "reviewText", "overall"]]
        table["words"] = table["reviewText"].str.lower().str.replace("’", "'").str.findall(WORD)
        train, *held_out = (table.iloc[rows] for rows in split_reviews(range(len(table))))
        common = train["words"].explode().dropna().value_counts().index[:MAX_WORDS]
        ids = pd.Series(np.arange(2, 2 + len(common)), common)
        users, items = (pd.Index(train[name].unique()) for name in ("reviewerID", "asin"))
        parts = []
        for part in (train, *held_out):
            part = part[part["reviewerID"].isin(users) & part["asin"].isin(items)]
            words = part["words"].explode().map(ids).fillna(1).astype(int)
            parts.append((users.get_indexer(part["reviewerID"]), items.get_indexer(part["asin"]), words))
        words = parts[0][2]
        order = np.random.default_rng(0).permutation(len(train))[:BATCH]
        chosen = words[words.index.isin(train.index[order])].groupby(level=0).agg(list)
        batch = padded(chosen)
    return told(clock, before, batch)


def with_polars(path):
    """Do the same with polars."""
    import polars as pl

    before = memory("VmRSS")
    with Clock() as clock:
        table = pl.read_ndjson(gzip.decompress(Path(path).read_bytes())).select(
            "reviewerID", "asin", "reviewText", "overall"
        )
        words = pl.col("reviewText").str.to_lowercase().str.replace_all("’", "'").str.extract_all(WORD)
        table = table.with_columns(words.alias("words")).with_row_index("n")
        train, *held_out = (table[rows] for rows in split_reviews(range(len(table))))
        counts = train["words"].explode().drop_nulls().value_counts(sort=True)
        common = counts["words"].head(MAX_WORDS)
        users, items = (train[name].unique(maintain_order=True) for name in ("reviewerID", "asin"))
        numbers = [(names, range(first, first + len(names))) for names, first in ((users, 0), (items, 0), (common, 2))]
        parts = []
        for part in (train, *held_out):
            part = part.filter(pl.col("reviewerID").is_in(users.implode()) & pl.col("asin").is_in(items.implode()))
            flat = part.select("n", "words").explode("words")
            flat = flat.with_columns(pl.col("words").replace_strict(*numbers[2], default=1, return_dtype=pl.Int32))
            of_whom = (
                part[name].replace_strict(*pair) for name, pair in zip(("reviewerID", "asin"), numbers[:2], strict=True)
            )
            parts.append((*of_whom, flat))
        order = np.random.default_rng(0).permutation(len(train))[:BATCH]
        chosen = parts[0][2].filter(pl.col("n").is_in(train["n"][order].implode())).group_by("n").agg("words")
        batch = padded(chosen["words"].to_list())
    return told(clock, before, batch)


def padded(reviews):
    """Return lists of word ids as an array padded with 0, each cut after LONGEST words."""
    reviews = [review[:LONGEST] for review in reviews]
    batch = np.zeros((len(reviews), max(map(len, reviews))), dtype=np.int64)
    for row, review in zip(batch, reviews, strict=True):
        row[: len(review)] = review
    return batch


def told(clock, before, batch):
    """Return what was measured; the words of the batch show that all do the same."""
    return {"cpu": clock.cpu, "wall": clock.wall, "added": memory() - before, "words": int((batch != 0).sum())}


def times_as_many(path, folder, times):
    """Write the reviews at `path` `times` over into one file, each copy by users of its own; return its path."""
    text = gzip.decompress(Path(path).read_bytes())
    grown = Path(folder) / f"x{times}.json.gz"
    with gzip.open(grown, "wb", compresslevel=1) as file:
        for copy in range(times):
            file.write(re.sub(rb'("reviewerID": ?")', rb"\g<1>%d-" % copy, text))
    return grown


def of(results, key):
    """Return the median of one entry of several results."""
    return median(result[key] for result in results)


def loading(quick=False):
    """Measure from file to first batch; return the Part. `quick`: one repeat."""
    with TemporaryDirectory() as folder:
        path = shutil.copy(find_reviews(), folder)  # a copy has no cache beside it
        cache = Path(f"{path}.encoded.npz")

        def cold():
            cache.unlink(missing_ok=True)
            return in_a_process(ours, path=path)

        jobs = {
            "ours, cold": cold,
            "ours, cached": partial(in_a_process, ours, path=path),
            "pandas": partial(in_a_process, with_pandas, path=path),
            "polars": partial(in_a_process, with_polars, path=path),
        }
        results = interleaved(jobs, 1 if quick else 3)
        times = 2 if quick else 10
        grown = str(times_as_many(path, folder, times))
        for name in ("cold", "cached"):
            results[f"ours, {name}, {times} times the reviews"] = [in_a_process(ours, path=grown)]
    first = of(results["ours, cold"], "cpu")
    rows = [
        (name, of(found, "cpu") / first, *(of(found, key) for key in ("cpu", "wall", "peak", "added", "words")))
        for name, found in results.items()
    ]
    notes = (
        f"From a gzip file of JSON lines to the first batch of {BATCH} reviews: words cut and counted, the "
        f"{MAX_WORDS:,} most frequent numbered, reviews split, users and items numbered by training. One thread; "
        "imports left out.",
        "pandas and polars cut words by the letters a to z alone, ours by those of any alphabet. Both keep no cache.",
    )
    slow = of(results[f"ours, cold, {times} times the reviews"], "cpu") / first
    memories = [of(results[name], "added") for name in ("ours, cold", f"ours, cold, {times} times the reviews")]
    targets = [
        at_most("From cached reviews to the first batch", 0.3, of(results["ours, cached"], "wall"), "s"),
        at_most(f"{times} times the reviews: CPU to the first batch, cold", 1.2 * times, slow),
        at_most(f"{times} times the reviews: memory, cold", 1.2 * times, memories[1] / memories[0]),
    ]
    return Part("Loading", [Table("From file to first batch", HEADINGS, rows, notes)], targets)
