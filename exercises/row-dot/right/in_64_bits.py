def row_dot(a, b):
    return (a.double() * b.double()).sum(1)
