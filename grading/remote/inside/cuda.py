"""A graphics card that is not there: what a notebook asks of it is done on the CPU."""

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class WithoutCuda(TorchFunctionMode):
    """While it is on, "cuda" means the CPU, wherever a tensor is made or moved."""

    @classmethod
    def start(cls) -> None:
        """Turn it on, for as long as this process lives."""
        cls().__enter__()
        for name in ("synchronize", "empty_cache", "reset_peak_memory_stats"):
            setattr(torch.cuda, name, lambda *_: None)

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call a function with the CPU in place of a graphics card."""
        if function is torch.Tensor.cuda:
            return args[0]
        return function(*map(on_cpu, args), **{name: on_cpu(value) for name, value in (kwargs or {}).items()})


def on_cpu(value: Any) -> Any:
    """Return the CPU for a graphics card, and anything else as it is."""
    is_cuda = isinstance(value, (str, torch.device)) and str(value).split(":")[0] == "cuda"
    return torch.device("cpu") if is_cuda else value
