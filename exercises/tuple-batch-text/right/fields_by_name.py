def tuple_batch_text(batch):
    longest = max(len(r.words) for r in batch)
    reviews = torch.zeros(len(batch), longest, dtype=torch.long)
    for n, r in enumerate(batch):
        reviews[n, : len(r.words)] = torch.tensor(r.words)
    return (
        torch.tensor([r.user for r in batch]),
        torch.tensor([r.item for r in batch]),
        reviews,
        torch.tensor([r.rating for r in batch]),
    )
