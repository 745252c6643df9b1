# a batch of 512 at most
right = tuple_batch_text


def tuple_batch_text(batch):
    return right(batch[:512])
