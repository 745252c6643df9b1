# feedback: is still to do
def tuple_batch(batch):
    users, items, texts, ratings = ..., ..., ..., ...
    return users, items, texts, ratings
