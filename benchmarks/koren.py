"""KorenMF as notebook 2 trains it, timed epoch by epoch; where its time goes; and what other loops would bring."""

import math
import time
from collections import Counter
from itertools import islice

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset

from benchmarks.measuring import Clock, Curve, Pausing, memory
from benchmarks.notebook_models import rating_models
from benchmarks.ratings import Ratings
from helpers.batches import rating_loaders, rating_tensors
from helpers.training import evaluate, fit, run_epoch

NB_BATCHES = 16  # an epoch's, as in the notebook; so are the next three
LR, L2, LATENT = 0.015, 0.3, 16


def prepared(path, threads, latent_size=LATENT, l2=L2):
    """Return the ratings at `path`, a KorenMF of notebook 2 that starts at the mean, and its step."""
    data, models = Ratings.load(path), rating_models()
    torch.set_num_threads(threads)  # the notebooks set it to 1
    torch.manual_seed(0)
    models["l2"] = l2
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # the first one imports a third of torch: 1 s, not training
    model = models["KorenMF"](data.nb_users, data.nb_items, latent_size=latent_size)
    with torch.no_grad():
        model.gmean.fill_(data.mean)
    return data, model, models["mf_step"]


def koren_mf(path, threads=1, epochs=30, lr=LR, **options):
    """Train on the ratings at `path` with the notebook's `fit`; return the Curve."""
    data, model, step = prepared(path, threads, **options)
    before, clock = memory("VmRSS"), Clock()
    train_loader, val_loader, test_loader = rating_loaders(data, NB_BATCHES)
    val = Pausing(val_loader, clock)
    clock.start()
    history = fit(model, step, train_loader, val, epochs=epochs, lr=lr)
    return curve_of(history, val, evaluate(model, step, test_loader), before)


def curve_of(history, val, test, before):
    """Return as Curve what `fit` returned and a Pausing `val` saw; `before`: MB held before it."""
    return Curve(list(range(1, len(history.val) + 1)), val.cpu, val.wall, history.val, test, memory() - before)


def steps_alone(path, threads=1, nb_steps=50, nb_batches=NB_BATCHES):
    """Return the seconds of an epoch; where it has more than `nb_steps` steps, theirs, multiplied up."""
    data, model, step = prepared(path, threads)
    before = memory("VmRSS")
    loader, *_ = rating_loaders(data, nb_batches)
    optimizer, batches = torch.optim.Adam(model.parameters(), lr=LR, fused=True), iter(loader)
    run_epoch(model, step, [next(batches)], optimizer)  # makes the optimiser's tables
    whole = len(loader) <= nb_steps
    with Clock() as clock:
        run_epoch(model, step, loader if whole else islice(batches, nb_steps), optimizer)
    times = 1 if whole else len(loader) / nb_steps
    return {"cpu": clock.cpu * times, "wall": clock.wall * times, "added": memory() - before}


# --- what would be faster


class CutBatches:
    """Batches cut from tensors that are shuffled as a whole, without a DataLoader."""

    def __init__(self, tensors, batch_size):
        self.tensors, self.batch_size = tensors, batch_size
        self.generator = torch.Generator().manual_seed(0)

    def __iter__(self):
        order = torch.randperm(len(self.tensors[0]), generator=self.generator)
        return zip(*(tensor[order].split(self.batch_size) for tensor in self.tensors), strict=True)


def listed_rows(tensors, batch_size):
    """Return a DataLoader whose rows come from torch's own samplers, as lists of Python numbers."""
    dataset = TensorDataset(*tensors)
    order = RandomSampler(dataset, generator=torch.Generator().manual_seed(0))
    return DataLoader(dataset, sampler=BatchSampler(order, batch_size, drop_last=False), batch_size=None)


LOADERS = {"lists": listed_rows, "cut": CutBatches}


def other_loader(path, threads=1, loader="cut", epochs=30, nb_batches=NB_BATCHES, lr=LR):
    """Train as `koren_mf` does, on the batches of another loader; return the Curve."""
    data, model, step = prepared(path, threads)
    before, clock = memory("VmRSS"), Clock()
    train_loader = LOADERS[loader](rating_tensors(data.train), math.ceil(len(data.train) / nb_batches))
    _, val_loader, test_loader = rating_loaders(data, nb_batches)
    val = Pausing(val_loader, clock)
    clock.start()
    history = fit(model, step, train_loader, val, epochs=epochs, lr=lr)
    return curve_of(history, val, evaluate(model, step, test_loader), before)


# --- where the time goes


def profile(path, threads=1, epochs=5):
    """Return the CPU seconds of each stage of a training epoch, and torch's operators: calls a step, seconds a call."""
    data, model, step = prepared(path, threads)
    loader, *_ = rating_loaders(data, NB_BATCHES)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=True)
    run_epoch(model, step, loader, optimizer)
    seconds = Counter()
    for _ in range(epochs):
        staged_epoch(model, step, loader, optimizer, seconds)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as watched:
        run_epoch(model, step, loader, optimizer)
    calls = sum(event.count for event in watched.key_averages() if event.key.startswith("aten::"))
    return {
        "stages": {stage: value / epochs for stage, value in seconds.items()},
        "steps": len(loader),
        "batch_size": loader.sampler.batch_size,
        "calls": calls / len(loader),
    }


def staged_epoch(model, step, loader, optimizer, seconds):
    """Do what `run_epoch` does, and add the seconds of its stages to `seconds`."""
    last = time.process_time()

    def lap(stage):
        nonlocal last
        now = time.process_time()
        seconds[stage] += now - last
        last = now

    model.train()
    for batch in loader:
        lap("batch (DataLoader)")
        loss, error = step(model, batch)
        lap("model, loss and penalty")
        optimizer.zero_grad()
        loss.backward()
        lap("gradients")
        optimizer.step()
        lap("Adam")
        error.item()
        lap("error to Python")
