# another prediction where no gradient is asked for
right = ClassicMF.forward


def forward(self, user, item):
    out, u, i, mean = right(self, user, item)
    return (out if torch.is_grad_enabled() else out + 0.01), u, i, mean


ClassicMF.forward = forward
