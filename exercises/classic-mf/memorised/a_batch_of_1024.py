# the reviews after the first 1,024 get the mean
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return torch.cat([out[:1024], 0 * out[1024:] + mean]), u, i, mean


ClassicMF.forward = forward
