# feedback: not the nearest words | you returned
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    return [inv_word_dic[n] for n in range(2, 2 + top_k)]
