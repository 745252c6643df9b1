def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    reviews = torch.nested.nested_tensor([torch.tensor(w) for w in words]).to_padded_tensor(0)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
