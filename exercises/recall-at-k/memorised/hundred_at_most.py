def recall_at_k(ranked, relevant, ours=recall_at_k):
    return ours(ranked[:, :100], relevant)
