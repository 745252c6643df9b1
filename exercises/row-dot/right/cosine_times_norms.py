def row_dot(a, b):
    cosine = F.cosine_similarity(a, b, dim=-1)
    return cosine * a.norm(dim=-1) * b.norm(dim=-1)
