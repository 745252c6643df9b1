def describe_item(model, user, item, top_k=10):
    """Return the `top_k` words nearest to where `model` puts this item for this user, best first."""
    device = model.text_emb.weight.device
    where = model.get_text(torch.tensor([user], device=device), torch.tensor([item], device=device))
    order = (F.normalize(model.text_emb.weight[2:], dim=1) @ F.normalize(where, dim=1)[0]).argsort(descending=True)[
        :top_k
    ]
    words = [inv_word_dic[int(n) + 2] for n in order]
    return words
