# feedback: It should be the user of each review: [2, 0, 1]
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(sorted(users)), torch.tensor(items), texts, torch.tensor(ratings)
