# feedback: row 1 of `reviews` holds words of review 2, and none of its own | From the words [3] came
def tuple_batch_piece_text(batch, max_len=5):
    batch = sorted(batch, key=lambda r: -len(r.words))
    users, items, words, ratings = zip(*batch)
    pieces = [random.sample(w, min(max_len, len(w))) for w in words]
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
