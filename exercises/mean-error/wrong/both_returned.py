# feedback: of type tuple
def mean_error(train, val):
    guess = train.mean()
    return guess, (val - guess).square().mean()
