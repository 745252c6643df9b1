def row_dot(left, right):
    left = left.unsqueeze(1)  # (batch, 1, latent)
    right = right.unsqueeze(2)  # (batch, latent, 1)
    return torch.bmm(left, right).squeeze(2).squeeze(1)
