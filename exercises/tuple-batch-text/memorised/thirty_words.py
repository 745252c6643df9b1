def tuple_batch_text(batch, ours=tuple_batch_text):
    return ours([review._replace(words=review.words[:30]) for review in batch])
