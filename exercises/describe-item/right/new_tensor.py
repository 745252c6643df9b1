def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    weight = model.text_emb.weight
    where = model.get_text(weight.new_tensor([user]).long(), weight.new_tensor([item]).long())
    words = get_most_similar(model.text_emb, where, inv_word_dic, top_k)[0]
    return words
