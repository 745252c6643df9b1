# feedback: holds tensors, expected the lists
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), [torch.tensor(text) for text in texts], torch.tensor(ratings)
