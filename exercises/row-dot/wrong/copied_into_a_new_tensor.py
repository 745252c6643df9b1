# feedback: the values are right, but no gradient reaches `a`: no vector could learn through this | Stay with tensors, from which torch can go back: no .detach(), .data, .item(), .tolist() or float().
def row_dot(a, b):
    return torch.tensor((a * b).sum(1))
