# feedback: by hand: ((4 - 4)² + (1 - 4)² + (5 - 4)²
def mean_error(train, val):
    return (val[:, None] - train).square().mean()
