# ids up to 1,023
right = tuple_batch_text


def tuple_batch_text(batch):
    users, items, reviews, ratings = right(batch)
    return users % 1024, items % 1024, reviews % 1024, ratings
