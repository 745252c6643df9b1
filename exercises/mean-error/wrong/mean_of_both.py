# feedback: the mean of both
def mean_error(train, val):
    guess = torch.cat([train, val]).mean()
    return (val - guess).square().mean()
