"""Noise for negative sampling: fake words drawn as often as they are used, and how well a model tells them apart."""

import torch
import torch.nn.functional as F


def cosine_to_words(model, users, items, words):
    """Return the cosines (B, L) of items (B,), where `model` puts them for users (B,), with words (B, L)."""
    where = F.normalize(model.get_text(users, items), dim=-1)
    return torch.einsum("bd,bld->bl", where, F.normalize(model.text_emb(words), dim=-1))


def frequent_noise_step(noise):
    """Return a step that trains a TextItem against fake words drawn from `noise`, a tensor (M,) of word ids.

    If `noise` holds all words of the training reviews, one after another, a word is drawn as often as it is used.
    """

    def step(model, batch):
        users, items, words, _ = batch
        fakes = noise[torch.randint(len(noise), words.shape)].to(words.device)
        scores = torch.cat([cosine_to_words(model, users, items, words), -cosine_to_words(model, users, items, fakes)])
        loss = 2 * F.softplus(-scores)[torch.cat([words, words]) > 0].mean()
        return loss, loss

    return step


@torch.no_grad()
def word_cosines(model, reviews, noise, nb_fakes=5, seed=0):
    """Return the cosines of items with the N words of held-out `reviews`, and with words drawn from `noise`.

    The first has the shape (N,); the second (N, nb_fakes), each row for the same item as the real word in its place.
    """
    device = next(model.parameters()).device
    positions = torch.repeat_interleave(torch.arange(len(reviews)), torch.as_tensor(reviews.lengths))
    users, items = (torch.from_numpy(ids)[positions].to(device) for ids in (reviews.users, reviews.items))
    real = torch.from_numpy(reviews.words).long().unsqueeze(1)
    fake = noise[torch.randint(len(noise), (len(real), nb_fakes), generator=torch.Generator().manual_seed(seed))]
    real, fake = (cosine_to_words(model, users, items, words.to(device)).cpu() for words in (real, fake))
    return real.squeeze(1), fake


def auc(real, fake):
    """Return how often a real word is nearer to its item than a word that was drawn: 0.5 by chance.

    real: (N,), fake: (N, F), cosines as `word_cosines` returns them; equal ones count half. This is the area under the
    ROC curve of one item's words, averaged over the real words.
    """
    real = real.unsqueeze(1)
    return ((real > fake).double() + (real == fake).double() / 2).mean().item()
