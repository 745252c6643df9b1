# feedback: has seen it | it must lose against every unseen one
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    return (scores * ~seen).topk(top_k, dim=1).indices
