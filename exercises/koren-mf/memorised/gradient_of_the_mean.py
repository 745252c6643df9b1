# the mean learns twice as fast
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    return out + g - g.detach(), u, i, a, b, g


KorenMF.forward = forward
