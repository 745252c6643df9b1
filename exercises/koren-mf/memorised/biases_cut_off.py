# the returned biases are cut off, so that a penalty has no effect
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    return out, u, i, a.detach() + 0 * a, b.detach() + 0 * b, g


KorenMF.forward = forward
