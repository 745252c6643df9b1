def mean_error(train, val):
    train, val = train.numpy(), val.numpy()
    return float(np.mean((val - train.mean()) ** 2))
