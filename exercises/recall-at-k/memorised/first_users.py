def recall_at_k(ranked, relevant, ours=recall_at_k):
    return ours(ranked[:3000], relevant[:3000])
