# feedback: by hand: 1·5 + 2·6 = 17. You returned 5
def row_dot(a, b):
    return (a * a).sum(dim=1)
