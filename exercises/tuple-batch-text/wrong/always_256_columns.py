# feedback: the returned `reviews` has shape (3, 256), expected (3, 4) | There are 3 reviews in this batch, and the longest has 4 words.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    reviews = torch.tensor([(w + [0] * 256)[:256] for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
