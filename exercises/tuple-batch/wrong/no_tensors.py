# feedback: the returned `users` is a tuple, expected a tensor | torch.tensor
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return users, items, texts, ratings
