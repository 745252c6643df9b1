# feedback: your code stopped | torch.stack and torch.cat take tensors; of numbers, torch.tensor makes one.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    reviews = nn.utils.rnn.pad_sequence(words, batch_first=True)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
