# feedback: text 0 of the returned `texts`
def tuple_batch(batch):
    users, items, texts, ratings = zip(*sorted(batch))
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
