# feedback: changes `a` | in place
def row_dot(a, b):
    a *= b
    return a.sum(dim=1)
