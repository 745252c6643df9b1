# feedback: the returned `reviews` has the right shape, but not the right words | The rows are in another order: row 1 holds the words of review 2, beside the user of 1.
def tuple_batch_text(batch):
    batch = sorted(batch, key=lambda r: len(r.words))
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
