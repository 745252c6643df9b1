def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    order = scores.argsort(dim=1, descending=True)
    known = seen.gather(1, order)
    places = known.byte().argsort(dim=1, stable=True)
    return order.gather(1, places)[:, :top_k]
