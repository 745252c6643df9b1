# feedback: the returned `users` is a list, expected a tensor
def tuple_batch(batch):
    return [r.user for r in batch], [r.item for r in batch], [r.words for r in batch], [r.rating for r in batch]
