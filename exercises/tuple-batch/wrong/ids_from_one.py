# feedback: each by exactly 1
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users) + 1, torch.tensor(items), texts, torch.tensor(ratings)
