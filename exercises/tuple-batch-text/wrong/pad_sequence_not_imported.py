# feedback: your code stopped | Import it first: from torch.nn.utils.rnn import pad_sequence.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    reviews = pad_sequence([torch.tensor(w) for w in words], batch_first=True)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
