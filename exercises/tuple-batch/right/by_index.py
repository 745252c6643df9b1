def tuple_batch(batch):
    columns = list(zip(*batch))
    return torch.tensor(columns[0]), torch.tensor(columns[1]), columns[2], torch.tensor(columns[3])
