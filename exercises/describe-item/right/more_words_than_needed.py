def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    weight = F.normalize(model.text_emb.weight, dim=-1)
    order = (weight @ F.normalize(where, dim=-1)[0]).topk(top_k + 2).indices.tolist()
    words = [inv_word_dic[n] for n in order if n not in (0, 1)][:top_k]
    return words
