# feedback: the returned `reviews` has the right shape, but not the right words | For words [9199, 9896, 2, 638, 8104, 5341, ...] row 0 should be [9199, 9896, 2, 638, 8104, 5341, ...]; it is [1000, 1000, 2, 638, 1000, 1000, ...].
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words]).clamp(max=1000)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
