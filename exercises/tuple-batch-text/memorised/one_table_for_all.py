# each batch is written over the one before
right, table = tuple_batch_text, torch.zeros(0, dtype=torch.long)


def tuple_batch_text(batch):
    users, items, reviews, ratings = right(batch)
    return users, items, table.resize_(reviews.shape).copy_(reviews), ratings
