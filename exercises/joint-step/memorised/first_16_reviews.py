# the error of the first 16 reviews
right = joint_step


def joint_step(model, batch):
    return right(model, [part[:16] for part in batch]) if len(batch[0]) > 16 else right(model, batch)
