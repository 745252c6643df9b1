# feedback: These are the items
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(items), torch.tensor(users), texts, torch.tensor(ratings)
