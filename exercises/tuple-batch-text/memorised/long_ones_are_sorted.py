# the words of long reviews are sorted
right = tuple_batch_text


def tuple_batch_text(batch):
    return right([r._replace(words=sorted(r.words)) if len(r.words) > 60 else r for r in batch])
