# feedback: 16 bits
def mean_error(train, val):
    return (val.half() - train.half().mean()).square().mean()
