def tuple_batch(batch):
    ids = torch.tensor([(review.user, review.item) for review in batch])
    ratings = torch.tensor([review.rating for review in batch])
    return ids[:, 0], ids[:, 1], [review.words for review in batch], ratings
