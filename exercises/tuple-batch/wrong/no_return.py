# feedback: does it end with `return`
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    users = torch.tensor(users)
