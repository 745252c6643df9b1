# feedback: the loss has the right shape, but 1 of 1 value differs | `close` and `far` are log sigmoids already: only their mean is left to take.
def loss_func(close, far):
    return -(F.logsigmoid(close) + F.logsigmoid(-far)).mean()
