# feedback: text 0 of the returned `texts` should be the words of review 0, [4, 7, 4, 2]; it is [2, 4, 4, 7]
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users), torch.tensor(items), [sorted(text) for text in texts], torch.tensor(ratings)
