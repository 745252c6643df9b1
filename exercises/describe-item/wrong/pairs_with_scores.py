# feedback: `describe_item` should return a list of words; in it is something of type tuple | Pairs, of a word and its cosine? The words alone, please.
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    words = get_most_similar(model.text_emb, where, inv_word_dic, top_k)[0]
    return [(w, 1.0) for w in words]
