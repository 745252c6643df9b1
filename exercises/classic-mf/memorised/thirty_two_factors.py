# the first 32 factors alone
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return mean + (u[:, :32] * i[:, :32]).sum(dim=1), u, i, mean


ClassicMF.forward = forward
