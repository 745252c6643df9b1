def mean_error(train, val):
    guesses = torch.full_like(val, train.mean().item())
    return F.mse_loss(guesses, val)
