# feedback: these are still the reviews, one after the other
def tuple_batch(batch):
    return batch
