def squares(rows):
    return rows.pow(2).sum(-1)


def row_dot(a, b):
    return (squares(a + b) - squares(a - b)) / 4
