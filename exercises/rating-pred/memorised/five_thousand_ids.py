# rare words count as unknown
right = RatingPred.forward


def forward(self, text):
    return right(self, torch.where(text < 5000, text, 1))


RatingPred.forward = forward
