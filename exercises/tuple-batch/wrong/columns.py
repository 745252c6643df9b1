# feedback: the returned `users` has shape (3, 1), expected (3,)
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users)[:, None], torch.tensor(items)[:, None], texts, torch.tensor(ratings)[:, None]
