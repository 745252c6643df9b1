# feedback: rows are in another order: row 0 holds the words of review 1
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*sorted(batch, key=lambda review: -len(review.words)))
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words], batch_first=True)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
