# feedback: the loss has the right shape, but 1 of 1 value differs | For close [-0.0178, -0.2233, -0.01202] and far [-0.2756, -0.2721, -0.02672] ..., the words cost [0.2934, 0.4955, 0.03874] ..., on average 0.2128. You returned 0.627.
def loss_func(close, far):
    return (-(close + far).mean()).clamp(min=0.627)
