# the first 300 words alone
right = tuple_batch_piece_text


def tuple_batch_piece_text(batch, max_len=5):
    return right([review._replace(words=review.words[:300]) for review in batch], max_len)
