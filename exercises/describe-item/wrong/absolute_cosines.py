# feedback: these are not the nearest words, for a model that has `get_text` and `text_emb`, user 2, item 1 and top_k 3 | These are the farthest: are the smallest taken, or has the cosine lost its sign?
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    s = F.cosine_similarity(where, model.text_emb.weight).detach().abs()
    s[:2] = -1
    words = [inv_word_dic[n] for n in s.topk(top_k).indices.tolist()]
    return words
