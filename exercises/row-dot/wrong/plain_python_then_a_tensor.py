# feedback: values are right | no gradient reaches `a` | .tolist()
def row_dot(a, b):
    return torch.tensor([sum(x * y for x, y in zip(p, q)) for p, q in zip(a.tolist(), b.tolist())])
