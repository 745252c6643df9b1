def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    lengths = np.array([len(review) for review in words])
    table = np.zeros((len(words), lengths.max()), dtype=np.int64)
    table[np.arange(lengths.max()) < lengths[:, None]] = np.concatenate(words)
    return torch.tensor(users), torch.tensor(items), torch.from_numpy(table), torch.tensor(ratings).float()
