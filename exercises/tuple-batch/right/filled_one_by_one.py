def tuple_batch(batch):
    count = len(batch)
    users, items = torch.zeros(count, dtype=torch.long), torch.zeros(count, dtype=torch.long)
    ratings, texts = torch.zeros(count), []
    for n, review in enumerate(batch):
        users[n], items[n], ratings[n] = review.user, review.item, review.rating
        texts.append(review.words)
    return users, items, texts, ratings
