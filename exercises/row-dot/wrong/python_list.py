# feedback: of type list, expected a tensor
def row_dot(a, b):
    return [sum(x * y) for x, y in zip(a, b)]
