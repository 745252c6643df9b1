"""Factorization as notebook 2 leaves it: the model that knows biases, for the notebooks that go on with it."""

import torch
import torch.nn.functional as F
from torch import nn


class KorenMF(nn.Module):
    """A rating is the mean, a bias of the user, one of the item, and a match (Koren, Bell and Volinsky, 2009).

    Layers: `users`, `items` (vectors of `latent_size`), `umean`, `imean` (a bias each, one column), `gmean` (1,).
    """

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users, self.items = (learned(torch.randn(n, latent_size) / 10) for n in (nb_users, nb_items))
        self.umean, self.imean = (learned(torch.zeros(n, 1)) for n in (nb_users, nb_items))
        self.gmean = nn.Parameter(3 * torch.ones(1))

    def forward(self, user, item):
        """Return for ids (B,) the predictions (B,), and what was looked up: vectors (B, D), biases (B,), the mean."""
        user, item = user.flatten(), item.flatten()
        vectors, biases = (self.users(user), self.items(item)), (self.umean(user)[:, 0], self.imean(item)[:, 0])
        out = torch.linalg.vecdot(*vectors) + sum(biases, start=self.gmean)
        return out, *vectors, *biases, self.gmean


def learned(start):
    """Return an embedding that starts at the rows of `start`."""
    return nn.Embedding.from_pretrained(start, freeze=False)


def mf_step(model, batch, l2=0.3):
    """Return the loss to minimise and the mean squared error to report, as in notebook 2."""
    users, items, _, ratings = batch
    out, *looked_up, _ = model(users, items)
    mse = F.mse_loss(out, ratings)
    return mse + l2 * sum(rows.square().sum() for rows in looked_up) / len(ratings), mse
