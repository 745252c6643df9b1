# feedback: it is of type set
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), [set(text) for text in texts], torch.tensor(ratings)
