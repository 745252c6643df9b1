# feedback: is still to do
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    users, items, ratings = torch.tensor(users), torch.tensor(items), ...
    return users, items, texts, ratings
