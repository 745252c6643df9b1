# feedback: in a row of `reviews`, zeros stand before words | Words first, then zeros, as in 3.1.
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    pieces = [random.sample(w + [0] * max(0, max_len - len(w)), max_len) for w in words]
    reviews = torch.tensor(pieces)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
