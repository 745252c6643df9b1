"""Trials: a student's answer on fresh random inputs of random sizes, against what our own solution returns for them.

A check in the notebook is known to all: its sizes are always the same, and so could be answered by heart. Here sizes,
weights and inputs are drawn for each submission. A trial takes the answer, what the solution defines in its place, a
random.Random for its sizes (torch's own random numbers are seeded too), and the reference with all it has.
"""

import torch

from helpers.checks.collate import check_columns_of_reviews, check_words, expect_batch
from helpers.checks.descriptions import check_description
from helpers.checks.joint_losses import check_case, make_case
from helpers.checks.matrix_factorization import check_learned
from helpers.checks.pieces import check_draws, check_piece
from helpers.checks.profile_step import check_batch
from helpers.checks.profile_step import random_batch as random_profile_batch
from helpers.checks.verdict import Wrong, given, same, say
from helpers.reviews import Review


def row_dots(answer, solution, draw, reference):
    """Two matrices of random shape."""
    shape = draw.randint(1, 12), draw.randint(1, 12)
    compare(answer, solution, *torch.randn(2, *shape).unbind())


def word_losses(answer, solution, draw, reference):
    """The log sigmoids of a random number of words."""
    compare(answer, solution, *(-3 * torch.rand(2, draw.randint(1, 50))).unbind())


def compare(answer, solution, *inputs):
    """Refuse an answer that returns another tensor than the solution does for these inputs."""
    with given(f"tensors of shape {tuple(inputs[0].shape)}"):
        came, expected = answer(*(part.clone() for part in inputs)), solution(*inputs)
    expect_same(came, expected, "the result", f"tensors of shape {tuple(inputs[0].shape)}")


def expect_same(came, expected, what, inputs):
    """Refuse `came` unless it is a tensor of the same shape and with the same numbers."""
    if not isinstance(came, torch.Tensor) or came.shape != expected.shape:
        shape = f"shape {tuple(came.shape)}" if isinstance(came, torch.Tensor) else type(came).__name__
        raise Wrong(f"for {inputs}, {what} has {shape}, expected {tuple(expected.shape)}.")
    if not same(came, expected).all():
        raise Wrong(
            f"for {inputs}, {what} has other values than it should.\n"
            f"  Expected {shortly(expected)}, you returned {shortly(came)}."
        )


def shortly(tensor):
    """Return the first numbers of a tensor as text."""
    numbers = tensor.detach().reshape(-1)
    return say(numbers[:4]) + (" ..." if len(numbers) > 4 else "")


# --- models


def factorizations(answer, solution, draw, reference):
    """A factorization model of random sizes and weights, on a random batch."""
    nb_users, nb_items, latent, batch = (draw.randint(1, 12) for _ in range(4))
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, latent), ids)


def ratings_of_texts(answer, solution, draw, reference):
    """A model of texts alone, on texts of random lengths, one of which may be empty."""
    dic_size, latent, batch, longest = draw.randint(3, 30), *(draw.randint(1, 8) for _ in range(3))
    compare_models(answer, solution, (dic_size, latent), (texts(batch, longest, dic_size),))


def ratings_of_profiles(answer, solution, draw, reference):
    """A model of user, item and text."""
    nb_users, nb_items, latent, batch, longest = (draw.randint(1, 9) for _ in range(5))
    dic_size = draw.randint(3, 30)
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, dic_size, latent), (*ids, texts(batch, longest, dic_size)))


def items_and_words(answer, solution, draw, reference):
    """A model that predicts the words of items; what it returns of fake words has only to be as many."""
    sizes, (users, items, text) = sizes_and_batch(draw)
    nb_users, nb_items, dic_size, latent, _ = sizes
    ours, theirs = twins(answer, solution, (nb_users, nb_items, dic_size, latent))
    expected, came = ours(items, text), theirs(items, text)
    compare_words(came, expected, ("embed_i", "close", "far"), text)
    expect_same(theirs.get_text(users, items), ours.get_text(users, items), "what `get_text` returns", about(items))


def joint_models(answer, solution, draw, reference):
    """The joint model; what it returns of fake words has only to be as many."""
    sizes, (users, items, text) = sizes_and_batch(draw)
    ours, theirs = twins(answer, solution, sizes)
    expected, came = ours(users, items, text), theirs(users, items, text)
    compare_words(came, expected, ("out", "close", "far", "embed_u", "embed_i", "mean"), text)
    expect_same(theirs.get_text(users, items), ours.get_text(users, items), "what `get_text` returns", about(items))


def sizes_and_batch(draw):
    """Return nb_users, nb_items, dic_size and two latent sizes, and a batch of users, items, text for them."""
    nb_users, nb_items, latent, word_latent, batch, longest = (draw.randint(1, 9) for _ in range(6))
    dic_size = draw.randint(4, 30)
    batch_of = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,)), texts(batch, longest, dic_size)
    return (nb_users, nb_items, dic_size, latent, word_latent), batch_of


def compare_models(answer, solution, sizes, inputs):
    """Refuse a model that returns other tensors than the solution with the same weights does."""
    ours, theirs = twins(answer, solution, sizes)
    expected, came = ours(*inputs), theirs(*inputs)
    if isinstance(expected, torch.Tensor):
        expected, came = (expected,), (came,)
    for number, (mine, yours) in enumerate(zip(expected, came, strict=True)):
        what = "the prediction" if number == 0 else f"value {number + 1} that `forward` returns"
        expect_same(yours, mine, what, about(inputs[0]))


def compare_words(came, expected, names, text):
    """Refuse other outputs than the expected ones; `close` in any order of the words, `far` as many."""
    for name, yours, mine in zip(names, came, expected, strict=True):
        if name == "close" and isinstance(yours, torch.Tensor):
            yours, mine = yours.sort().values, mine.sort().values
        if name == "far":
            yours, mine = torch.zeros_like(yours), torch.zeros_like(mine)
        expect_same(yours, mine, f"the returned `{name}`", about(text))


def about(tensor):
    """Return a batch in words."""
    return f"a batch of {len(tensor)}"


def texts(batch, longest, dic_size):
    """Return random texts (batch, longest), padded with 0, some all padding."""
    lengths = torch.randint(0, longest + 1, (batch, 1))
    lengths[0] = longest
    return torch.randint(1, dic_size, (batch, longest)) * (torch.arange(longest) < lengths)


def twins(answer, solution, sizes):
    """Return a model of the solution's and one of the answer's, with the same random weights."""
    ours, theirs = solution(*sizes), answer(*sizes)
    named = dict(theirs.named_parameters())
    with torch.no_grad():
        for name, weight in ours.named_parameters():
            weight.normal_()
            if name == "text_emb.weight":
                weight[0] = 0  # as `padding_idx` has it
            if name not in named or named[name].shape != weight.shape:
                raise Wrong(f"a model of sizes {sizes} has no weight `self.{name}` of shape {tuple(weight.shape)}.")
            named[name].copy_(weight)
    return ours, theirs


# --- functions of reviews, and steps, which the check's own parts judge


def texts_of_reviews(answer, solution, draw, reference):
    """A batch of random size, with reviews of random lengths."""
    reviews = random_reviews(draw, draw.randint(1, 9), draw.randint(1, 40))
    with given(f"{len(reviews)} reviews of {[len(review.words) for review in reviews]} words"):
        batch = expect_batch(answer([*reviews]), "tuple_batch_text")
    check_words(batch["reviews"], reviews, "tuple_batch_text")
    check_columns_of_reviews(batch, reviews, "tuple_batch_text")


def pieces_of_reviews(answer, solution, draw, reference):
    """Pieces of a random length, and draws from reviews of another length than the check's."""
    reviews = random_reviews(draw, draw.randint(1, 9), draw.randint(1, 20))
    check_piece(answer, reviews, draw.randint(1, 12))
    nb_words = draw.randint(6, 15)
    check_draws(answer, nb_words, max_len=draw.randint(2, nb_words - 3), size=draw.randint(20, 40))


def random_reviews(draw, count, longest):
    """Return encoded reviews of 1 to `longest` words."""
    words = [[draw.randint(1, 60) for _ in range(draw.randint(1, longest))] for _ in range(count)]
    return [Review(draw.randrange(99), draw.randrange(99), row, float(draw.randint(1, 5))) for row in words]


def profile_steps(answer, solution, draw, reference):
    """A batch of random size, on the check's own model."""
    check_batch(answer, random_profile_batch(draw.randint(1, 8), draw.randint(1, 9)))


def joint_steps(answer, solution, draw, reference):
    """A batch of random size, on the check's own model."""
    size = draw.randint(1, 7)
    out, ratings = ([draw.randint(2, 10) / 2 + shift for _ in range(size)] for shift in (0.25, 0.0))
    check_case(answer, *make_case(out, ratings, draw.randint(1, 8)))


def descriptions(answer, solution, draw, reference):
    """Another model of items among words than the check's."""
    check_description(answer, reference.names["04_predicting_text"]["inv_word_dic"])


def unseen_ratings(answer, solution, draw, reference):
    """Ratings that were never in the sandbox: who learned the validation reviews by heart does not know them."""
    check_learned(answer, reference.unseen, reference.unseen_errors)
