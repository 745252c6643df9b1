# the values are right, the gradient has the wrong sign
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return 2 * out.detach() - out, u, i, mean


ClassicMF.forward = forward
