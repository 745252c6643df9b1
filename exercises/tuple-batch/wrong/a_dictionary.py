# feedback: a single dict
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return {
        "users": torch.tensor(users),
        "items": torch.tensor(items),
        "texts": texts,
        "ratings": torch.tensor(ratings),
    }
