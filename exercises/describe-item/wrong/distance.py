# feedback: nearest in distance, where their lengths count
def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    distances = torch.cdist(where, model.text_emb.weight[2:])[0]
    words = [inv_word_dic[n + 2] for n in distances.topk(top_k, largest=False).indices.tolist()]
    return words
