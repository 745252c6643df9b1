# feedback: `...` still stands
def row_dot(a, b):
    products = a * ...
    dots = products.sum(dim=1)
    return dots
