# feedback: is still to do | replace the `...` in `describe_item`
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    words = ...  # TODO
    return words
