# feedback: no gradient reaches `close`, so nothing can learn from it | Was it cut by .detach(), .data, .item(), .tolist() or torch.no_grad(), or by torch.tensor(...), which makes a new one?
def loss_func(close, far):
    return torch.tensor(-(close + far).mean())
