# feedback: expected sequence of length | Rows of different lengths
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), torch.tensor(texts), torch.tensor(ratings)
