# in eval mode it forgets the biases
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    return (out if self.training or len(out) <= 6 else out - a - b), u, i, a, b, g


KorenMF.forward = forward
