"""Small models of the checks' own, to be given to answers that take one: what they return is known in advance.

Marking takes this module, and none that holds an expected value, to where students' code runs.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from exercises.kit.given.refusals import Wrong
from helpers.reviews import FIRST_WORD

PROFILE_SIZE = 90  # users, items and words of ProfileModel
JOINT_SIZES = (90, 80, 70)  # users, items, word ids of JointModel
MODULO = 9  # its predictions are no larger for larger ids
INPUTS = ("user", "item", "text")
# Degrees. Whichever user and item are asked for, a dozen words are nearer than all others, no two of them equally near.
USERS, ITEMS = [0.25, -5.75, 11.25, 3.25], [0.0, 9.0, -14.0, 5.0]
NEAR = [-50, -41, -29, -20, -12, -3, 5, 9, 18, 26, 37, 50]
MOSTLY_AWAY = [
    -60,
    9,
    40,
    95,
    -98,
    101,
    -104,
    107,
    -110,
    114,
    -118,
    122,
]  # three have a cosine above 0, for places near 0


def taken(name: str, given: tuple[torch.Tensor, ...], named: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """Return user, item and text out of the arguments of a call; refuse other arguments as the model `name`."""
    found = dict(zip(INPUTS, given, strict=False)) | named
    if len(given) > len(INPUTS) or len(found) < len(given) + len(named) or sorted(found) != sorted(INPUTS):
        count = len(given) + len(named)
        came = "one thing" if count == 1 else f"{count} things"
        raise Wrong(f"the model was called with {came}; a {name} takes three: users, items and reviews, in this order.")
    return [found[part] for part in INPUTS]


class NotHere(Wrong, AttributeError):
    """A stand-in lacks an attribute; whoever asks by hasattr gets an answer."""


class Silent(nn.Module):
    """A stand-in that has what an exercise needs, and says so to whoever asks for more."""

    needed = ""  # what it has, as a sentence

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            what = f"the answer reads `model.{name}`, which the model here does not have."
            raise NotHere(f"{what}\n  {self.needed}") from None


class ProfileModel(Silent):
    """A stand-in for RatingPredProfile: its layers and inputs, and predictions that are easy to reckon.

    They are half the user's id, minus a quarter of the item's, plus half the sum of the words', all of them modulo 9.
    `pushes` adds 0 to the prediction of each user; it is no parameter, so its gradient is that of the predictions,
    without regularisation.
    """

    needed = "Call it, with users, items and reviews; for the penalties there are `word_penalty` and `profile_penalty`."

    def __init__(self) -> None:
        super().__init__()
        self.users, self.items = (nn.Embedding(PROFILE_SIZE, 2) for _ in range(2))
        self.text_emb = nn.EmbeddingBag(PROFILE_SIZE, 2, padding_idx=0)
        self.to_rating = nn.Linear(6, 1)
        for weight in self.parameters():
            nn.init.constant_(weight, -0.4)  # a regularisation that forgets to square is then negative
        self.pushes = torch.zeros(PROFILE_SIZE, requires_grad=True)
        self.calls: list[dict[str, torch.Tensor]] = []

    def forward(self, *given: torch.Tensor, **named: torch.Tensor) -> torch.Tensor:
        """Return the predictions (B,) for user, item and text, and remember what was asked."""
        user, item, text = taken("RatingPredProfile", given, named)
        user, item = user.flatten(), item.flatten()
        self.calls.append({"user": user, "item": item, "text": text})
        sums = user % MODULO / 2 - item % MODULO / 4 + (text % MODULO).sum(1) / 2
        return sums + self.pushes.to(user.device)[user]


class JointModel(Silent):
    """A small model with the inputs and outputs of TextClassicMF, its outputs known in advance and free to move."""

    needed = "All that is needed is what it returns: out, close, far, embed_u, embed_i, mean = model(...)."

    def __init__(self, batch: Sequence[torch.Tensor], out: torch.Tensor, nb_words: int) -> None:
        super().__init__()
        self.users, self.items = nn.Embedding(JOINT_SIZES[0], 3), nn.Embedding(JOINT_SIZES[1], 3)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        self.out = nn.Parameter(out)
        self.close, self.far = (nn.Parameter(-torch.rand(nb_words) - 0.2) for _ in range(2))
        self.expected = dict(zip(["users", "items", "reviews"], batch, strict=False))

    def forward(self, *given: torch.Tensor, **named: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return out, close, far, embed_u, embed_i, mean; refuse other inputs than those of the batch."""
        user, item, text = taken("TextClassicMF", given, named)
        for (name, expected), came in zip(self.expected.items(), (user, item, text), strict=True):
            if not isinstance(came, torch.Tensor) or came.numel() != expected.numel():
                raise Wrong(f"the model was called with something else than the batch's {name} in their place.")
            if name == "reviews" and came.shape != expected.shape:
                raise Wrong(
                    f"the model was called with reviews of shape {tuple(came.shape)}, expected {tuple(expected.shape)}."
                )
            if not torch.equal(came.reshape(expected.shape), expected):
                raise Wrong(f"the model was called with other {name} than the batch's: it reads users, items, reviews.")
        rows = self.users(user.flatten()), self.items(item.flatten())
        return self.out * 1, self.close * 1, self.far * 1, *rows, self.mean


class TextKorenMF(JointModel):
    """A stand-in for the notebook's TextKorenMF: a user's vector, and an item's, end with a bias, which starts at 0."""

    def __init__(self, batch: Sequence[torch.Tensor], out: torch.Tensor, nb_words: int) -> None:
        super().__init__(batch, out, nb_words)
        self.umean, self.imean = (nn.Embedding.from_pretrained(torch.zeros(size, 1), False) for size in JOINT_SIZES[:2])

    def forward(self, *given: torch.Tensor, **named: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return out, close, far, embed_u, embed_i, mean, the biases in all but close, far and mean."""
        out, close, far, embed_u, embed_i, mean = super().forward(*given, **named)
        user, item, _ = taken("TextKorenMF", given, named)
        umean, imean = self.umean(user.flatten()), self.imean(item.flatten())
        vectors = torch.cat([embed_u, umean], dim=1), torch.cat([embed_i, imean], dim=1)
        return out + (umean + imean)[:, 0], close, far, *vectors, mean


class PlaneModel(Silent):
    """A model of items among words, all on a plane: what is near is a matter of the angle, not of the length.

    near: where a dozen words are that are nearer than all others, in degrees.
    """

    needed = "Ask it `model.get_text(user, item)`, which every model of the words has, and `model.text_emb`."

    def __init__(self, nb_ids: int, near: Sequence[int] = NEAR) -> None:
        super().__init__()
        degrees = 130 + 100 * torch.rand(nb_ids)  # on the other side
        places = torch.tensor(near, dtype=torch.float32)[torch.randperm(len(near))]
        spread = torch.linspace(FIRST_WORD, nb_ids - 1, min(len(near), nb_ids - FIRST_WORD)).long()  # with both ends
        degrees[spread] = places[: len(spread)]
        degrees[:FIRST_WORD] = 0
        lengths = 0.2 + 3 * torch.rand(nb_ids, 1)
        self.text_emb = nn.Embedding.from_pretrained(lengths * on_circle(degrees), freeze=False)
        self.angles_u = nn.Embedding.from_pretrained(torch.tensor(USERS)[:, None], freeze=False)
        self.angles_i = nn.Embedding.from_pretrained(torch.tensor(ITEMS)[:, None], freeze=False)

    def get_text(self, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        """Return where the item is among the words for the user: (B, 2)."""
        for ids, of in [(user, "user"), (item, "item")]:
            if not isinstance(ids, torch.Tensor):
                raise Wrong(
                    f"`model.get_text` was given a {of} of type {type(ids).__name__}, expected a tensor of ids.\n"
                    "  A model reads batches; here is a batch of one."
                )
        return 2.5 * on_circle((self.angles_u(user.flatten()) + self.angles_i(item.flatten()))[:, 0])


def on_circle(degrees: torch.Tensor) -> torch.Tensor:
    """Return points (N, 2) at a distance of 1 in these directions (N,)."""
    return torch.stack([(degrees * math.pi / 180).cos(), (degrees * math.pi / 180).sin()], dim=1)
