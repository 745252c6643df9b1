"""The one training loop of the session. It knows no model: each model brings `step(model, batch) -> (loss, error)`."""

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from helpers.errors import PlainError
from helpers.progress import progress


class TrainingDivergedError(PlainError, ArithmeticError):
    """The error of an epoch is infinite or not a number."""


class StoppedError(PlainError, KeyboardInterrupt):
    """Training was stopped by hand before there was anything to keep."""


@dataclass
class History:
    """What `fit` saw: the mean error per review of each epoch, for the training and the validation reviews.

    The training error is taken while the model learns, so it lags half an epoch behind the validation error.
    """

    train: list = field(default_factory=list)
    val: list = field(default_factory=list)
    seconds: float = 0.0

    def add(self, train, val):
        """Append one epoch's errors, and return whether its validation error is the lowest so far."""
        self.train.append(train)
        self.val.append(val)
        return self.best_epoch == len(self.val) - 1

    @property
    def best_epoch(self):
        """The epoch with the lowest validation error, counted from 0."""
        return min(range(len(self.val)), key=self.val.__getitem__)

    def reached(self):
        """Return the errors of the epoch that was kept, and the seconds of training, as a row of results."""
        best = self.best_epoch
        return {"train": self.train[best], "val": self.val[best], "seconds": self.seconds}

    def summary(self):
        """Return the best epoch and its errors in words, with no more digits than another machine finds too."""
        best = self.best_epoch
        errors = f"training error about {self.train[best]:.1f}, validation error about {self.val[best]:.2f}"
        return f"best epoch {best + 1} of {len(self.val)} in this run: {errors}"


def refuse_divergence(history, lr):
    """Raise TrainingDivergedError if the last epoch's errors are not finite numbers."""
    if not math.isfinite(history.train[-1] + history.val[-1]):
        raise TrainingDivergedError(
            f"Training diverged in epoch {len(history.train)}: the error is no longer a finite number. "
            f"Try a smaller learning rate than {lr:g}, and look for a division or a logarithm of 0 in the loss."
        )


@contextmanager
def until_stopped(history):
    """Let an interrupt (the notebook's stop button, Ctrl-C) end the block in a sentence, once an epoch is in `history`.

    Before that there is nothing to go on with: it raises StoppedError.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if type(interrupt) is not KeyboardInterrupt:
            raise  # a grader's limit: by no hand
        if not history.val:
            raise StoppedError("Stopped by hand in epoch 1, before there was anything to keep.") from None
        kept = f"kept are the best weights so far, of epoch {history.best_epoch + 1}, and the history"
        print(f"Stopped by hand in epoch {len(history.val) + 1}: {kept}.")


def best_device():
    """Return the fastest device there is: CUDA, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def run_epoch(model, step, loader, optimizer=None):
    """Pass once over `loader`; return the mean error per review. The model learns only if an optimizer is given.

    `step(model, batch)` returns two scalars: the loss to minimise and the batch's mean error to report.
    """
    learning = optimizer is not None
    device = next(model.parameters()).device
    model.train(learning)
    total, count = 0.0, 0
    with torch.set_grad_enabled(learning):
        for batch in loader:  # (a) sample, (b) collate
            batch = [tensor.to(device) for tensor in batch]
            loss, error = step(model, batch)  # (c) predict, (d) compare with the truth
            if learning:
                optimizer.zero_grad()
                loss.backward()  # (e) gradients
                optimizer.step()  # (f) update
            total += error.item() * len(batch[0])
            count += len(batch[0])
    return total / count


def evaluate(model, step, loader):
    """Return the mean error per review over `loader`; the model does not learn."""
    return run_epoch(model, step, loader)


def fit(model, step, train, val, epochs=30, lr=0.015, patience=5):
    """Train `model` in place and leave it at its best epoch; return the `History`.

    model: any module; it moves to the best device. step: `step(model, batch) -> (loss, error)`. train, val: loaders of
    batches of tensors. Optimiser: Adam (Kingma and Ba, 2015) with learning rate `lr`. Training ends after `epochs`, or
    once the validation error has not improved for `patience` epochs (early stopping), or when it is stopped by hand;
    the best weights are kept. Raises TrainingDivergedError when an error is infinite or not a number, and StoppedError
    when it is stopped in the first epoch.
    """
    model.to(best_device())
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    history, start = History(), time.perf_counter()
    with until_stopped(history):  # by hand: what was best until then is kept
        for epoch in progress(epochs):
            errors = run_epoch(model, step, train, optimizer), run_epoch(model, step, val)
            if not history.val or errors[1] < min(history.val):
                weights = {name: weight.clone() for name, weight in model.state_dict().items()}
            history.add(*errors)
            refuse_divergence(history, lr)
            if epoch - history.best_epoch >= patience:
                break
    model.load_state_dict(weights)
    history.seconds = time.perf_counter() - start
    return history
