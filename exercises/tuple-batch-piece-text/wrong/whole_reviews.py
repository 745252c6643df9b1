# feedback: shape (3, 7), expected (3, 5) | the longest review has 7 words
def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
