def mean_error(train, val):
    guesses = train.mean() * torch.ones(len(val))
    return nn.MSELoss()(guesses, val)
