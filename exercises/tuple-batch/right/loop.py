def tuple_batch(batch):
    users, items, texts, ratings = [], [], [], []
    for user, item, words, rating in batch:
        users.append(user)
        items.append(item)
        texts.append(words)
        ratings.append(rating)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
