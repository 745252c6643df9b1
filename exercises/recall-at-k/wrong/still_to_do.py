# feedback: is still to do | `recall_at_k`
def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    recall = ...
    return recall
