# feedback: name 'encoded' is not defined
def tuple_batch(batch):
    users, items, texts, ratings = zip(*encoded)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
