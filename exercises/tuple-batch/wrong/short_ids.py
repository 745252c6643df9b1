# feedback: torch.int32, expected torch.long
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users, dtype=torch.int32), torch.tensor(items), texts, torch.tensor(ratings)
