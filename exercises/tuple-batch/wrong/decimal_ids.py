# feedback: the returned `users` holds decimal numbers | torch.long
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users).float(), torch.tensor(items), texts, torch.tensor(ratings)
