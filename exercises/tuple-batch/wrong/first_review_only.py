# feedback: holds 1 texts for 3 reviews
def tuple_batch(batch):
    user, item, words, rating = batch[0]
    return torch.tensor(user), torch.tensor(item), [words], torch.tensor(rating)
