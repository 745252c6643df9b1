# feedback: in the place of the ratings are the texts | in this order
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), torch.tensor(ratings), texts
