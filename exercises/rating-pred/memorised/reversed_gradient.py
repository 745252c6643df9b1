# the values are right, the gradient has the wrong sign
right = RatingPred.forward


def forward(self, text):
    out = right(self, text)
    return 2 * out.detach() - out


RatingPred.forward = forward
