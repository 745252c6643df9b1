# feedback: your code stopped | torch.tensor makes a tensor of numbers; tensors are put together with torch.stack or torch.cat.
def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.tensor([torch.tensor(w) for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
