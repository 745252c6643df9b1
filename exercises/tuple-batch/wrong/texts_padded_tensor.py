# feedback: is a tensor of shape (3, 4) | no ragged edge
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    longest = max(map(len, texts))
    padded = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
    return torch.tensor(users), torch.tensor(items), padded, torch.tensor(ratings)
