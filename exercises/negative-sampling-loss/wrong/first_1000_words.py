# feedback: the loss has the right shape, but 1 of 1 value differs | For close [-0.7497, -0.6047, -0.11] and far [-0.4102, -0.3072, -0.8006] ..., the words cost [1.16, 0.9119, 0.9106] ..., on average 0.9913. You returned 0.9863.
def loss_func(close, far):
    return -(close[:1000] + far[:1000]).mean()
