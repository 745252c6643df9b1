# batches of more than 1,900 reviews go without the users' biases
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    return (out if len(out) <= 1900 else out - a), u, i, a, b, g


KorenMF.forward = forward
