"""What a training loop is tried on: a model, a step, a loader and an optimizer, all small, which note their use.

Each is an nn.Module, so that marking can take it to where students' code runs; model and optimizer share weights.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from exercises.kit.given.refusals import Wrong

LEFT_OVER = 100.0  # a gradient that is there before the loop begins


class LoopModel(nn.Module):
    """A model with the weights (D,): it predicts x @ weights. It comes with a gradient that another loop has left."""

    def __init__(self, weights: torch.Tensor) -> None:
        super().__init__()
        self.weights = nn.Parameter(weights)
        self.calls: list[list[bool]] = []  # of each prediction: was it made in training mode, were gradients on
        self.arrive()

    def arrive(self) -> None:
        """Have the gradient that was left, here or where marking takes the model."""
        self.weights.grad = torch.full_like(self.weights, LEFT_OVER)

    def forward(self, *batch: Any) -> None:
        """Refuse to be called by the loop, which knows no model."""
        raise Wrong("the loop calls the model itself. It knows no model: `step(model, batch)` calls it.")

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        """Return the predictions (B,) for x (B, D), as `LoopStep` asks for them."""
        self.calls.append([self.training, torch.is_grad_enabled()])
        return x @ self.weights


class LoopStep(nn.Module):
    """A step: `step(model, batch) -> (loss, error)`. The loss is the error plus the squares of the weights."""

    def __call__(self, *arguments: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Return loss and error; refuse anything but a model and a batch."""
        if len(arguments) != 2 or not isinstance(arguments[0], LoopModel):
            raise Wrong("`step` is called with something else than a model and a batch: `step(model, batch)`.")
        model, batch = arguments
        if not isinstance(batch, list | tuple) or len(batch) != 2:
            raise Wrong("`step` is given something else than a batch of the loader, a list of tensors.")
        x, y = batch
        error = (model.predict(x) - y).square().mean()
        return error + model.weights.square().sum(), error


class LoopLoader(nn.Module):
    """An iterable of batches: it has no length, and it can be read once, as a generator can."""

    def __init__(self, batches: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
        super().__init__()
        self.batches, self.was_read = batches, False

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        if self.was_read:
            raise Wrong("`run_epoch` begins with the loader's batches a second time; an epoch is one pass over them.")
        self.was_read = True
        return iter(self.batches)


class LoopOptimizer(nn.Module):
    """Gradient descent on the weights of a model; it notes whether it found a gradient when it was called."""

    def __init__(self, model: LoopModel, lr: float) -> None:
        super().__init__()
        self.weights, self.lr = model.weights, lr
        self.steps: list[bool] = []

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradient."""
        self.weights.grad = None if set_to_none or self.weights.grad is None else torch.zeros_like(self.weights)

    def step(self, closure: Callable[[], object] | None = None) -> object:
        """Take a step against the gradient, if there is one; before it, call a closure, as torch's optimizers do."""
        with torch.enable_grad():
            loss = closure() if closure else None
        gradient = self.weights.grad
        self.steps.append(gradient is not None and bool(gradient.any()))
        if gradient is not None:
            with torch.no_grad():
                self.weights.sub_(self.lr * gradient)
        return loss
