# feedback: the loss has the right shape, but 1 of 1 value differs | That is twice the mean: each word has a `close` and a `far`, and they are added once.
def loss_func(close, far):
    return -2 * (close + far).mean()
