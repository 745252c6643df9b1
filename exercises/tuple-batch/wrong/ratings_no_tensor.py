# feedback: the returned `ratings` is a tuple, expected a tensor
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), texts, ratings
