# feedback: It returned 3 values
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), torch.tensor(ratings)
