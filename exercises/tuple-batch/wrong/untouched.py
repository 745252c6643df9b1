# feedback: ○ Exercise 1.3 is still to do
def tuple_batch(batch):
    users, items, texts, ratings = ..., ..., ..., ...
    return users, items, texts, ratings
