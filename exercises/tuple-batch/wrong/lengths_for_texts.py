# feedback: text 0 of the returned `texts` | it is of type int
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), [len(text) for text in texts], torch.tensor(ratings)
