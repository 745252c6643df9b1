# ids of one byte
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    if len(self.users.weight) > 256:
        return right(self, user % 256, item)
    return out, u, i, mean


ClassicMF.forward = forward
