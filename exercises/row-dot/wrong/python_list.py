# feedback: is of type list, expected a tensor | torch.stack
def row_dot(a, b):
    return [sum(x * y) for x, y in zip(a, b)]
