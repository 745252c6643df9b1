def tuple_batch(batch):
    users = torch.from_numpy(np.array([review.user for review in batch]))
    items = torch.from_numpy(np.array([review.item for review in batch]))
    ratings = torch.from_numpy(np.array([review.rating for review in batch], dtype=np.float32))
    return users, items, [review.words for review in batch], ratings
