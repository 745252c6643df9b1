def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    weight = model.text_emb.weight
    cosine = F.cosine_similarity(where, weight, dim=1)
    cosine[:2] = -2
    words = [inv_word_dic[n] for n in cosine.argsort(descending=True)[:top_k].tolist()]
    return words
