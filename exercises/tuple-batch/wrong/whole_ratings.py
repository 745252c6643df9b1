# feedback: the returned `ratings` holds whole numbers
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings, dtype=torch.long)
