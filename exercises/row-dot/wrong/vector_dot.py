# feedback: your code stopped | torch.dot(a, b) | 1D tensors
def row_dot(a, b):
    return torch.dot(a, b)
