# feedback: `...` still stands
def mean_error(train, val):
    guess = ...
    return (val - guess).square().mean()
