# the values are right, the gradient is a tenth
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return 0.9 * out.detach() + 0.1 * out, u, i, mean


ClassicMF.forward = forward
