# feedback: `describe_item` returned a list of length 3, where top_k is 10 | The nearest are asked for, whether or not their cosine is above 0.
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    s = F.cosine_similarity(where, model.text_emb.weight).detach()
    s[:2] = -1
    words = [inv_word_dic[n] for n in s.topk(top_k).indices.tolist() if s[n] > 0]
    return words
