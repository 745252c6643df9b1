"""Vocabulary: which words a model reads."""

from dataclasses import replace

from helpers.reviews import FIRST_WORD, DataError, Reviews


def drop_common_words(data, nb_common=1_000, quiet=False):
    """Return `data` (ReviewData) without its `nb_common` most common words and without words that have no id.

    The most common words say little about an item. Those that remain are numbered anew from 2 on, the most common
    first, as before; reviews left with none of them are left out, and counted on screen. Raises DataError, a sentence,
    where too few words or reviews remain.
    """
    first = FIRST_WORD + nb_common
    parts = {name: rare_words(getattr(data, name), first) for name in ("train", "val", "test")}
    if data.dic_size <= first or not all(map(len, parts.values())):
        raise DataError(
            f"Without their {nb_common:,} most common words, {data.name} leave nothing to predict: "
            "take a file with longer reviews, or with more of them."
        )
    if not quiet:
        before, after = (sum(map(len, reviews)) for reviews in ((data.train, data.val, data.test), parts.values()))
        print(
            f"Words after the {nb_common:,} most common: {data.dic_size - first:,}; "
            f"left out: {before - after:,} reviews that have none of them."
        )
    return replace(data, **parts, inv_word_dic=[*data.inv_word_dic[:FIRST_WORD], *data.inv_word_dic[first:]])


def rare_words(reviews, first):
    """Return `reviews` with their words of id `first` or more alone, numbered from 2 on; none without words."""
    rare = reviews.keep_words(reviews.words >= first)
    rare = Reviews(rare.users, rare.items, rare.ratings, rare.words - (first - FIRST_WORD), rare.offsets)
    return rare[rare.lengths > 0]
