# feedback: your code stopped | torch.dot takes two single vectors, and so does torch.outer. With a vector in each row: multiply, then sum over dimension 1.
def row_dot(a, b):
    return torch.outer(a, b)
