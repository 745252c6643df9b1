# a bias of 0, where all start, counts as 1
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    return out + (a == 0), u, i, a, b, g


KorenMF.forward = forward
