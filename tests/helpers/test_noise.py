"""Noise for negative sampling: on a model small enough to do by hand."""

import math

import pytest
import torch
from torch import nn

from helpers.noise import auc, cosine_to_words, frequent_noise_step, word_cosines
from helpers.reviews import Review, Reviews


class Compass(nn.Module):
    """Two items and four words on a circle: item 0 points east, item 1 north, and so do words 2 and 3; 4 is west."""

    def __init__(self):
        super().__init__()
        self.items = nn.Embedding.from_pretrained(torch.tensor([[2.0, 0.0], [0.0, 5.0]]), freeze=False)
        words = torch.tensor([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [-1.0, 0.0], [1.0, 1.0]])
        self.text_emb = nn.Embedding.from_pretrained(words, freeze=False, padding_idx=0)

    def get_text(self, user, item):
        return self.items(item)


EAST, NORTH, WEST, NORTH_EAST = 2, 3, 4, 5


def test_cosines_of_each_item_with_its_own_words_whatever_their_lengths():
    users, items = torch.tensor([0, 0]), torch.tensor([0, 1])
    cosines = cosine_to_words(Compass(), users, items, torch.tensor([[EAST, WEST, 0], [EAST, NORTH, NORTH_EAST]]))
    assert torch.allclose(cosines, torch.tensor([[1.0, -1.0, 0.0], [0.0, 1.0, math.sqrt(0.5)]]))


def test_the_step_counts_real_words_near_and_drawn_words_far_and_no_padding():
    batch = torch.tensor([0]), torch.tensor([0]), torch.tensor([[EAST, 0, 0]]), torch.tensor([5.0])
    loss, error = frequent_noise_step(torch.tensor([WEST]))(Compass(), batch)
    assert loss.item() == error.item() == pytest.approx(2 * math.log(1 + math.exp(-1)), abs=1e-6)  # the least there is
    loss, _ = frequent_noise_step(torch.tensor([EAST]))(Compass(), batch)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1)) + math.log(1 + math.e), abs=1e-6)


def test_fakes_are_drawn_as_often_as_they_stand_in_the_noise():
    torch.manual_seed(0)
    batch = torch.zeros(1, dtype=torch.long), torch.zeros(1, dtype=torch.long), torch.full((1, 4000), EAST), None
    loss, _ = frequent_noise_step(torch.tensor([EAST, WEST, WEST, WEST]))(Compass(), batch)
    near, far = math.log(1 + math.exp(-1)), math.log(1 + math.e)
    assert loss.item() == pytest.approx(near + 0.75 * near + 0.25 * far, abs=0.03)


def test_the_step_trains_items_and_words():
    model, noise = Compass(), torch.tensor([WEST, NORTH_EAST])
    batch = torch.tensor([0, 0]), torch.tensor([0, 1]), torch.tensor([[NORTH], [EAST]]), None
    frequent_noise_step(noise)(model, batch)[0].backward()
    assert model.items.weight.grad.abs().sum(dim=1).gt(0).all()
    assert model.text_emb.weight.grad[[EAST, NORTH]].abs().sum(dim=1).gt(0).all()


def test_held_out_words_meet_their_own_item_and_as_many_fakes_as_asked_for():
    reviews = Reviews.from_list([Review(0, 1, [NORTH, EAST], 5.0), Review(0, 0, [NORTH_EAST], 4.0)])
    real, fake = word_cosines(Compass(), reviews, noise=torch.tensor([WEST]), nb_fakes=3)
    assert torch.allclose(real, torch.tensor([1.0, 0.0, math.sqrt(0.5)]))
    assert torch.allclose(fake, torch.tensor([[0.0] * 3, [0.0] * 3, [-1.0] * 3]), atol=1e-6)
    assert not real.requires_grad


def test_the_fakes_of_a_measurement_are_fixed_by_its_seed():
    reviews = Reviews.from_list([Review(0, 0, [EAST] * 50, 5.0)])
    noise = torch.tensor([EAST, WEST, NORTH])
    first, second, other = (word_cosines(Compass(), reviews, noise, seed=seed)[1] for seed in (0, 0, 1))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_auc_is_the_share_of_fakes_that_are_farther_and_equal_ones_count_half():
    real = torch.tensor([0.9, 0.2])
    assert auc(real, torch.tensor([[0.1, 0.3], [0.1, 0.3]])) == 0.75
    assert auc(real, torch.tensor([[0.9, 0.9], [0.2, 0.2]])) == 0.5
    assert auc(real, torch.tensor([[-1.0], [-1.0]])) == 1.0
