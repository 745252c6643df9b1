# no more than 12 batches
import itertools

right = run_epoch


def run_epoch(model, step, loader, optimizer=None):
    return right(model, step, itertools.islice(loader, 12), optimizer)
