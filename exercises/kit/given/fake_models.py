"""Small models of the checks' own, to be given to answers that take one: what they return is known in advance.

Marking takes this module, and none that holds an expected value, to where students' code runs.
"""

import math
from collections.abc import Sequence

import torch
from torch import nn

from exercises.kit.given.refusals import Wrong
from helpers.reviews import FIRST_WORD

PROFILE_SIZE = 9  # users, items and words of ProfileModel
JOINT_SIZES = (9, 8, 7)  # users, items, word ids of JointModel
# Degrees. Whichever user and item are asked for, a dozen words are nearer than all others, no two of them equally near.
USERS, ITEMS = [0.25, -5.75, 11.25, 3.25], [0.0, 9.0, -14.0, 5.0]
NEAR = [-50, -41, -29, -20, -12, -3, 5, 9, 18, 26, 37, 50]


class ProfileModel(nn.Module):
    """A model with the layers and the inputs of RatingPredProfile, whose predictions are easy to reckon.

    They are half the user's id, minus a quarter of the item's, plus half the sum of the words'. `pushes` adds 0 to the
    prediction of each user; it is no parameter, so its gradient is that of the predictions, without regularisation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.users, self.items = (nn.Embedding(PROFILE_SIZE, 2) for _ in range(2))
        self.text_emb = nn.EmbeddingBag(PROFILE_SIZE, 2, padding_idx=0)
        self.to_rating = nn.Linear(6, 1)
        for weight in self.parameters():
            nn.init.constant_(weight, -0.4)  # a regularisation that forgets to square is then negative
        self.pushes = torch.zeros(PROFILE_SIZE, requires_grad=True)
        self.calls: list[dict[str, torch.Tensor]] = []

    def forward(self, user: torch.Tensor, item: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        """Return the predictions (B,), and remember what was asked."""
        user, item = user.flatten(), item.flatten()
        self.calls.append({"user": user, "item": item, "text": text})
        return user / 2 - item / 4 + text.sum(1) / 2 + self.pushes.to(user.device)[user]


class JointModel(nn.Module):
    """A small model with the inputs and outputs of TextClassicMF, its outputs known in advance and free to move."""

    def __init__(self, batch: Sequence[torch.Tensor], out: torch.Tensor, nb_words: int) -> None:
        super().__init__()
        self.users, self.items = nn.Embedding(JOINT_SIZES[0], 3), nn.Embedding(JOINT_SIZES[1], 3)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        self.out = nn.Parameter(out)
        self.close, self.far = (nn.Parameter(-torch.rand(nb_words) - 0.2) for _ in range(2))
        self.expected = dict(zip(["users", "items", "reviews"], batch, strict=False))

    def forward(self, user: torch.Tensor, item: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return out, close, far, embed_u, embed_i, mean; refuse other inputs than those of the batch."""
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


class PlaneModel(nn.Module):
    """A model of items among words, all on a plane: what is near is a matter of the angle, not of the length."""

    def __init__(self, nb_ids: int) -> None:
        super().__init__()
        degrees = 130 + 100 * torch.rand(nb_ids)  # on the other side
        near = torch.tensor(NEAR, dtype=torch.float32)[torch.randperm(len(NEAR))]
        spread = torch.linspace(FIRST_WORD, nb_ids - 1, min(len(NEAR), nb_ids - FIRST_WORD)).long()  # with both ends
        degrees[spread] = near[: len(spread)]
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
