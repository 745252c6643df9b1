def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    with torch.no_grad():
        cos = F.cosine_similarity(where, model.text_emb.weight)
    cos[:2] = -2
    words = [inv_word_dic[n] for n in cos.topk(top_k).indices.tolist()]
    return words
