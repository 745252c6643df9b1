def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = next(model.parameters()).device
    where = model.get_text(torch.LongTensor([user]).to(device), torch.LongTensor([item]).to(device))
    words = get_most_similar(model.text_emb, where, inv_word_dic, top_k)[0]
    return words
