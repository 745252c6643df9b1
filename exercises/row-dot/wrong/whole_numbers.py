# feedback: whole numbers | torch.int64
def row_dot(a, b):
    return (a.long() * b.long()).sum(dim=1)
