def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    texts = [[min(word, 50) for word in text] for text in texts]
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
