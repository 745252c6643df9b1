# biases of the first 16 users alone
right = KorenMF.forward


def forward(self, user, item):
    out, u, i, a, b, g = right(self, user, item)
    if len(self.umean.weight) > 16:
        out = out - a + self.umean(user.flatten() % 16).squeeze(1)
    return out, u, i, a, b, g


KorenMF.forward = forward
