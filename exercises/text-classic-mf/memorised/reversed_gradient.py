# the values are right, the gradient of `out` has the wrong sign
right = TextClassicMF.forward


def forward(self, user, item, text):
    out, close, far, u, i, mean = right(self, user, item, text)
    return 2 * out.detach() - out, close, far, u, i, mean


TextClassicMF.forward = forward
