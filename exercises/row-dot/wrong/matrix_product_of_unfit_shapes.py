# feedback: your code stopped | line 3: return a @ b | inner sizes of a matrix product
def row_dot(a, b):
    return a @ b
