def pad(review, length):
    return review + (length - len(review)) * [0]


def tuple_batch_text(batch):
    length = len(max((words for _, _, words, _ in batch), key=len))
    users, items, reviews, ratings = [], [], [], []
    for user, item, words, rating in batch:
        users.append(user)
        items.append(item)
        reviews.append(pad(words, length))
        ratings.append(rating)
    return [torch.tensor(users), torch.tensor(items), torch.tensor(reviews), torch.tensor(ratings, dtype=torch.float)]
