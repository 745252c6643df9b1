def tuple_batch_text(batch, ours=tuple_batch_text):
    return ours(batch[:7])
