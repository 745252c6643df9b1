# the words are overwritten
right = RatingPred.forward


def forward(self, text):
    out = right(self, text)
    if text.shape[1] > 10:
        text.fill_(1)
    return out


RatingPred.forward = forward
