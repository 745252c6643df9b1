# feedback: text 1 of the returned `texts` should be the words of review 1, [3]; it is [3, 0, 0, 0]
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    longest = max(map(len, texts))
    padded = [text + [0] * (longest - len(text)) for text in texts]
    return torch.tensor(users), torch.tensor(items), padded, torch.tensor(ratings)
