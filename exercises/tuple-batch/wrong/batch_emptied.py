# feedback: changes the reviews it is given
def tuple_batch(batch):
    users, items, texts, ratings = [], [], [], []
    while batch:
        review = batch.pop(0)
        users.append(review.user)
        items.append(review.item)
        texts.append(review.words)
        ratings.append(review.rating)
    return torch.tensor(users), torch.tensor(items), texts, torch.tensor(ratings)
