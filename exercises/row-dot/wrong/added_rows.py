# feedback: added the two rows
def row_dot(a, b):
    return (a + b).sum(dim=1)
