def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = np.zeros((len(words), max_len), dtype=np.int64)
    for n, review in enumerate(words):
        k = min(max_len, len(review))
        reviews[n, :k] = np.random.choice(review, k, replace=False)
    reviews = torch.from_numpy(reviews)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
