# ids of one byte
right = RatingPredProfile.forward


def forward(self, user, item, text):
    return right(self, user % 256, item % 256, text)


RatingPredProfile.forward = forward
