"""Batches: from encoded reviews to loaders of tensors."""

import math
from functools import partial

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset


class BatchSampler:
    """The rows of each batch as one tensor: in their order or, with a `generator`, drawn anew in each epoch.

    torch's own samplers make Python lists of rows; making and reading those takes as long as a small model's step.
    """

    def __init__(self, nb_rows, batch_size, generator=None):
        self.nb_rows, self.batch_size, self.generator = nb_rows, batch_size, generator

    def __iter__(self):
        order = torch.randperm(self.nb_rows, generator=self.generator) if self.generator else torch.arange(self.nb_rows)
        return iter(order.split(self.batch_size))

    def __len__(self):
        return math.ceil(self.nb_rows / self.batch_size)


def make_loader(tensors, batch_size, shuffle=False, seed=0):
    """Return a DataLoader over tensors that were collated once, (N, ...) each; a batch holds some rows of each.

    Collating is the same work in every epoch, so here it is done before the first: a batch is one look-up of
    `batch_size` rows, not `batch_size` look-ups of one. With `shuffle`, each epoch draws a new order, fixed by `seed`.
    """
    dataset, generator = TensorDataset(*tensors), torch.Generator().manual_seed(seed)
    sampler = BatchSampler(len(dataset), batch_size, generator if shuffle else None)
    return DataLoader(dataset, sampler=sampler, batch_size=None)


def rating_tensors(reviews):
    """Return users (N,), items (N,), reviews (N, 0), ratings (N,): all that rating models read of encoded `reviews`.

    The words stay behind, so the review tensor has no columns; its place is kept, since every batch of the session is
    `users, items, reviews, ratings`.
    """
    users, items, ratings = (torch.from_numpy(part) for part in (reviews.users, reviews.items, reviews.ratings))
    return users, items, torch.empty(len(ratings), 0, dtype=torch.long), ratings


def rating_loaders(data, nb_batches=16, seed=0):
    """Return the training, validation and test loaders of `data` for models that read ratings alone.

    The training reviews are cut into `nb_batches`, and the held-out ones into batches of that size. So an epoch takes
    as many steps on large data as on small, and its time grows with the data: a step moves every weight of the model,
    and larger data mean more weights.
    """
    batch_size = math.ceil(len(data.train) / nb_batches)
    return (
        make_loader(rating_tensors(data.train), batch_size, shuffle=True, seed=seed),
        make_loader(rating_tensors(data.val), batch_size),
        make_loader(rating_tensors(data.test), batch_size),
    )


def text_loaders(data, collate, batch_size=512, longest=256, seed=0):
    """Return the training, validation and test loaders of `data` for models that read whole reviews.

    `collate` makes a batch of tensors from a list of encoded reviews, here once for all epochs; of each review it gets
    the first `longest` words. Training reviews of like length share a batch, which then holds less padding: they are
    drawn at random, four batches at a time, and each four are sorted. (Were all of them sorted together, an epoch would
    end fitted to some length.) Training batches come in a new order in each epoch.
    """
    drawn = np.random.default_rng(seed).permutation(len(data.train))
    train, val, test = (first_words(reviews, longest) for reviews in (data.train[drawn], data.val, data.test))
    train = by_length(train, 4 * batch_size)
    train, val, test = ([collate(batch) for batch in cut(reviews, batch_size)] for reviews in (train, val, test))
    shuffled = torch.Generator().manual_seed(seed)
    return (
        DataLoader(train, batch_size=None, shuffle=True, generator=shuffled),
        DataLoader(val, batch_size=None),
        DataLoader(test, batch_size=None),
    )


def first_words(reviews, longest):
    """Return encoded `reviews` cut after `longest` words each."""
    place = np.arange(len(reviews.words)) - np.repeat(reviews.offsets[:-1], reviews.lengths)
    return reviews.keep_words(place < longest)


def by_length(reviews, nb_together):
    """Return encoded `reviews`, each `nb_together` that follow each other sorted by their lengths."""
    groups = np.arange(len(reviews)) // nb_together
    return reviews[np.lexsort((reviews.lengths, groups))]


def cut(reviews, batch_size):
    """Return encoded `reviews`, in their order, as lists of `batch_size` Review each; the last may be shorter."""
    return [list(reviews[start : start + batch_size]) for start in range(0, len(reviews), batch_size)]


def piece_loaders(data, collate, batch_size=256, measured_words=25, seed=0):
    """Return the training and validation loaders of `data` for a `collate(batch, max_len)` that draws words at random.

    It is called anew in each epoch. For validation it draws up to `measured_words` of a review, since an error that is
    measured on a few words is mostly chance, and would stop the training by chance.
    """
    shuffled = torch.Generator().manual_seed(seed)
    measure = partial(collate, max_len=measured_words)
    train, val = list(data.train), list(data.val)  # else each epoch would make the reviews of the arrays again
    return (
        DataLoader(train, batch_size, shuffle=True, collate_fn=collate, generator=shuffled),
        DataLoader(val, batch_size, collate_fn=measure),
    )
