# users 64, 65, ... are users 0, 1, ...
right = TextClassicMF.forward


def forward(self, user, item, text):
    out, close, far, u, i, mean = right(self, user, item, text)
    return right(self, user % 64, item, text)


TextClassicMF.forward = forward
