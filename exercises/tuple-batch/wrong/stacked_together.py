# feedback: 2 values
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor([users, items, ratings]), texts
