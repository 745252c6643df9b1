"""What the grader sends into the sandbox with a call: arguments, tensors and surroundings.

They travel as pickles, which is safe in this direction: the grader trusts itself, and puts no answer in.
"""

import base64
import io
import pickle

import torch
from torch.overrides import _get_current_function_mode_stack
from torch.utils._device import DeviceContext

from exercises.kit.given.fake_device import FakeDevice
from grading.remote.inside.wire import weights_of


def pack(arguments, keywords, model):
    """Return what a request needs to hand over arguments and keywords, and the list of the tensors in it.

    Tensors travel beside the pickle, each under a number, so that both sides know which is which; the weights of the
    model that is called come last.
    """
    tensors = []

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, torch.Tensor):
                return None
            number = next((number for number, known in enumerate(tensors) if known is value), len(tensors))
            if number == len(tensors):
                tensors.append(value)
            return "tensor", number

    file = io.BytesIO()
    Pickler(file).dump((arguments, keywords))
    tensors += weights_of(model) if model is not None else []
    parcel = {
        "given": encoded(file.getvalue()),
        "tensors": encoded(pickle.dumps([plain(tensor) for tensor in tensors])),
        "training": model.training if model is not None else None,
    }
    return parcel, tensors


def encoded(data):
    """Return bytes as text."""
    return base64.b64encode(data).decode("ascii")


def plain(tensor):
    """Return a tensor as what can be pickled without it."""
    return {
        "numbers": None if tensor.device.type == "meta" else tensor.detach().cpu().numpy(),
        "shape": tuple(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "device": tensor.device.type,
        "learns": tensor.requires_grad,
        "leaf": tensor.is_leaf,
        "parameter": isinstance(tensor, torch.nn.Parameter),
    }


def settings_around(model):
    """Return the surroundings that the check has made for a call: gradients or not, devices, a fake device."""
    modes = _get_current_function_mode_stack()
    devices = [mode.device.type for mode in modes if isinstance(mode, DeviceContext)]
    weights = weights_of(model) if model is not None else []
    return {
        "gradients": torch.is_grad_enabled(),
        "default_device": devices[-1] if devices else "cpu",
        "device": weights[0].device.type if weights else "cpu",
        "fake_device": any(isinstance(mode, FakeDevice) for mode in modes),
    }
