# feedback: the only table among what `tuple_batch_text` returns is value 1 of 4; the reviews should be value 3 | Return users, items, reviews, ratings, in this order.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.tensor([w + [0] * (longest - len(w)) for w in words])
    return reviews, torch.tensor(users), torch.tensor(items), torch.tensor(ratings)
