# feedback: your code stopped | A list takes one whole number as its index, no text and no tensor: .tolist() makes numbers of one.
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    s = F.cosine_similarity(where, model.text_emb.weight).detach()
    s[:2] = -1
    words = inv_word_dic[s.topk(top_k).indices]
    return words
