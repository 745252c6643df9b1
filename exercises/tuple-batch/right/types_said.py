def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return (
        torch.tensor(users, dtype=torch.long),
        torch.tensor(items, dtype=torch.long),
        list(texts),
        torch.tensor(ratings, dtype=torch.float32),
    )
