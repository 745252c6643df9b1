# feedback: the returned `reviews` has the right shape, but not the right words
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words]).clamp(max=1000)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
