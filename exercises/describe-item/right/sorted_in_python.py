def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    scores = F.cosine_similarity(where, model.text_emb.weight[2:], dim=1).tolist()
    ranked = sorted(range(len(scores)), key=lambda n: -scores[n])
    words = [inv_word_dic[n + 2] for n in ranked][:top_k]
    return words
