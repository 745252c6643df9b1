def tuple_batch_text(batch):
    longest = max(len(review.words) for review in batch)
    padded = []
    for review in batch:
        row = list(review.words)
        while len(row) < longest:
            row.append(0)
        padded.append(row)
    users, items, _, ratings = zip(*batch)
    return torch.as_tensor(users), torch.as_tensor(items), torch.as_tensor(padded), torch.as_tensor(ratings)
