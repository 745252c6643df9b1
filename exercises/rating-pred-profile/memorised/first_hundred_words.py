# of a long review, the first 100 words
right = RatingPredProfile.forward


def forward(self, user, item, text):
    return right(self, user, item, text[:, :100])


RatingPredProfile.forward = forward
