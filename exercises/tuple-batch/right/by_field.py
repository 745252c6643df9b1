def tuple_batch(batch):
    users = torch.tensor([review.user for review in batch])
    items = torch.tensor([review.item for review in batch])
    texts = [review.words for review in batch]
    ratings = torch.tensor([review.rating for review in batch])
    return users, items, texts, ratings
