# feedback: by hand: 1·5 + 2·6 = 17 | cosine
def row_dot(a, b):
    return F.cosine_similarity(a, b, dim=1)
