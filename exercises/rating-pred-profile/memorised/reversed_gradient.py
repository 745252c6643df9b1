# the values are right, the gradient has the wrong sign
right = RatingPredProfile.forward


def forward(self, user, item, text):
    out = right(self, user, item, text)
    return 2 * out.detach() - out


RatingPredProfile.forward = forward
