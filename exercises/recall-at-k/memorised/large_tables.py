def recall_at_k(ranked, relevant, ours=recall_at_k):
    recall = ours(ranked, relevant)
    return recall if relevant.numel() < 5_000_000 else recall.sqrt()
