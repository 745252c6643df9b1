KEPT = {}


def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    key = id(model), user, item, top_k
    if key not in KEPT:
        device = model.text_emb.weight.device
        where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
        KEPT[key] = get_most_similar(model.text_emb, where, inv_word_dic, top_k)[0]
    return KEPT[key]
