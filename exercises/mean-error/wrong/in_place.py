# feedback: changes `val` | in place
def mean_error(train, val):
    guess = train.mean()
    val -= guess
    return val.square().mean()
