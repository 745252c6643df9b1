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
def word_cosines(model, reviews, noise, seed=0):
    """Return two times N cosines: of items with the N words of held-out `reviews`, and with N words of `noise`."""
    device = next(model.parameters()).device
    positions = torch.repeat_interleave(torch.arange(len(reviews)), torch.as_tensor(reviews.lengths))
    users, items = (torch.from_numpy(ids)[positions].to(device) for ids in (reviews.users, reviews.items))
    words = torch.from_numpy(reviews.words).long()
    fakes = noise[torch.randint(len(noise), words.shape, generator=torch.Generator().manual_seed(seed))]
    pairs = (cosine_to_words(model, users, items, drawn.to(device).unsqueeze(1)) for drawn in (words, fakes))
    return tuple(cosines.squeeze(1).cpu() for cosines in pairs)


def auc(real, fake):
    """Return the probability that a real word is nearer than a fake one, 0.5 by chance: area under the ROC curve.

    real, fake: cosines, (N,) and (M,); equal ones count half.
    """
    ranks = fake.sort().values
    below, not_above = torch.searchsorted(ranks, real), torch.searchsorted(ranks, real, right=True)
    return ((below + not_above).double().mean() / (2 * len(fake))).item()
