# feedback: is None | end with `return`
def row_dot(a, b):
    dots = (a * b).sum(dim=1)
