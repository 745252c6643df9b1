# feedback: the returned `reviews` has shape (31, 300), expected | There are 31 reviews in this batch, and the longest has
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = min(300, max(map(len, words)))
    reviews = torch.tensor([(w + [0] * (longest - len(w)))[:longest] for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
