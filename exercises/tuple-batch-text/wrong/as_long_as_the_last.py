# feedback: your code stopped | Rows of different lengths make no tensor: fill the shorter ones up first.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = len(words[-1])
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
