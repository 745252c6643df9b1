"""Batches: from encoded reviews to loaders of tensors."""

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset


def make_loader(tensors, batch_size, shuffle=False, seed=0):
    """Return a DataLoader over tensors that were collated once, (N, ...) each; a batch holds some rows of each.

    Collating is the same work in every epoch, so here it is done before the first: a batch is one look-up of
    `batch_size` rows, not `batch_size` look-ups of one. With `shuffle`, each epoch draws a new order, fixed by `seed`.
    """
    dataset = TensorDataset(*tensors)
    order = (
        RandomSampler(dataset, generator=torch.Generator().manual_seed(seed)) if shuffle else SequentialSampler(dataset)
    )
    return DataLoader(dataset, sampler=BatchSampler(order, batch_size, drop_last=False), batch_size=None)


def rating_tensors(reviews):
    """Return users (N,), items (N,), reviews (N, 0), ratings (N,): all that rating models read of encoded `reviews`.

    The words stay behind, so the review tensor has no columns; its place is kept, since every batch of the session is
    `users, items, reviews, ratings`.
    """
    users, items, ratings = (torch.from_numpy(part) for part in (reviews.users, reviews.items, reviews.ratings))
    return users, items, torch.empty(len(ratings), 0, dtype=torch.long), ratings


def rating_loaders(data, batch_size=1024, seed=0):
    """Return the training, validation and test loaders of `data` for models that read ratings alone."""
    return (
        make_loader(rating_tensors(data.train), batch_size, shuffle=True, seed=seed),
        make_loader(rating_tensors(data.val), batch_size),
        make_loader(rating_tensors(data.test), batch_size),
    )
