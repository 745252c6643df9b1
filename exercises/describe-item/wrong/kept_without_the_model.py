# feedback: the model that was asked before
KEPT = {}


def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    if (user, item, top_k) not in KEPT:
        device = model.text_emb.weight.device
        where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
        KEPT[user, item, top_k] = get_most_similar(model.text_emb, where, inv_word_dic, top_k)[0]
    return KEPT[user, item, top_k]
