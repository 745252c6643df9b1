# feedback: not enough values to unpack
def tuple_batch(batch):
    users, items, texts, ratings = batch
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
