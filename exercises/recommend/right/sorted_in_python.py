def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    lists = []
    for row, known in zip(scores.tolist(), seen.tolist()):
        unseen = [n for n in range(len(row)) if not known[n]]
        lists.append(sorted(unseen, key=lambda n: row[n], reverse=True)[:top_k])
    return torch.tensor(lists, device=scores.device)
