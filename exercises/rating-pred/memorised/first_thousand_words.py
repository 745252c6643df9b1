# of a long review, the first 1,000 words
right = RatingPred.forward


def forward(self, text):
    return right(self, text[:, :1000])


RatingPred.forward = forward
