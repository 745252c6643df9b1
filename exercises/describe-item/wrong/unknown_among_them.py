# feedback: padding or the unknown word is among the words
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    cosine = F.cosine_similarity(where, model.text_emb.weight[1:], dim=1)
    words = [inv_word_dic[n + 1] for n in cosine.topk(top_k).indices.tolist()]
    return words
