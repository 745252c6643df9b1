# feedback: the loss has the right shape, but 1 of 1 value differs | For close [-0.9925] and far [-1.536], the words cost [2.529], on average 2.529. You returned 2.
def loss_func(close, far):
    return (-(close + far).mean()).clamp(max=2)
