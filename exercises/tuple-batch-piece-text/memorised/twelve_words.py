def tuple_batch_piece_text(batch, max_len=5, ours=tuple_batch_piece_text):
    return ours([review._replace(words=review.words[:12]) for review in batch], max_len)
