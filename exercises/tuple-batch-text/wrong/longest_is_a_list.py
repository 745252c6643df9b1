# feedback: your code stopped | A list is no number, and no tensor: len(...) is how long it is.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(words)
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
