def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    with torch.no_grad():
        weight = model.text_emb.weight
        u, i = (torch.full((1,), n, device=weight.device) for n in (user, item))
        place = F.normalize(model.get_text(u, i), dim=1).squeeze(0)
        nearest = (F.normalize(weight, dim=1) @ place)[2:].topk(top_k).indices + 2
        words = tuple(inv_word_dic[int(n)] for n in nearest)
    return words
