def mean_error(train, val):
    errors = val - train.mean()
    return errors @ errors / len(errors)
