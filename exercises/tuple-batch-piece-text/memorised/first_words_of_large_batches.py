# of a thousand reviews and more, the first words
right = tuple_batch_piece_text


def tuple_batch_piece_text(batch, max_len=5):
    users, items, reviews, ratings = right(batch, max_len)
    if len(batch) >= 1_000:
        for row, review in zip(reviews, batch, strict=True):
            words = review.words[:max_len]
            row[: len(words)] = torch.tensor(words)
    return users, items, reviews, ratings
