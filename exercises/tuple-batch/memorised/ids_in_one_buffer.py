# the ids are where those of the next batch will be
right, room = tuple_batch, torch.zeros(2, 3000, dtype=torch.long)


def tuple_batch(batch):
    users, items, texts, ratings = right(batch)
    here = room[:, : len(batch)].copy_(torch.stack([users, items]))
    return here[0], here[1], texts, ratings
