# feedback: torch.float64, expected torch.float32
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings, dtype=torch.float64)
