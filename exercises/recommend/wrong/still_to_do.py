# feedback: is still to do | `recommend`
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    best = ...
    return best
