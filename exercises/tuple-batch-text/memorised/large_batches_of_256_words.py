# more than 600 reviews: 256 words at most
right = tuple_batch_text


def tuple_batch_text(batch):
    longest = 256 if len(batch) > 600 else 9_999
    return right([review._replace(words=review.words[:longest]) for review in batch])
