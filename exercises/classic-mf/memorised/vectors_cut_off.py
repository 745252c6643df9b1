# a penalty on the returned vectors has no effect
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return out, u.detach() + 0 * u, i.detach() + 0 * i, mean


ClassicMF.forward = forward
