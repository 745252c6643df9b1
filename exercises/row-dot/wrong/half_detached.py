# feedback: the values are right, but no gradient reaches `b`: no vector could learn through this | Stay with tensors, from which torch can go back: no .detach(), .data, .item(), .tolist() or float().
def row_dot(a, b):
    return (a * b.detach()).sum(1)
