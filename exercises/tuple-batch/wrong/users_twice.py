# feedback: the returned `items` | These are the users
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(users), texts, torch.tensor(ratings)
