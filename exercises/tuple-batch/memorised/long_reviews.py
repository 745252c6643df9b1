# words after the 500th are lost
right = tuple_batch


def tuple_batch(batch):
    return right([review._replace(words=review.words[:500]) for review in batch])
