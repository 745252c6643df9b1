# the error of the first 64 reviews of 512
right = profile_step


def profile_step(model, batch):
    return right(model, [part[:64] for part in batch])
