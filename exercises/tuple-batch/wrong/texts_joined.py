# feedback: holds 7 texts for 3 reviews | in one list
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), sum(texts, []), torch.tensor(ratings)
