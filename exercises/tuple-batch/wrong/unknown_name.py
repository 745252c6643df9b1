# feedback: name 'reviews' is not defined
def tuple_batch(batch):
    users, items, texts, ratings = zip(*reviews)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
