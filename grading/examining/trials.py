"""Trials: a student's answer on fresh random inputs of random sizes, against what our own solution returns for them.

A check in the notebook is known to all: its sizes are always the same, and so could be answered by heart. Here sizes,
weights and inputs are drawn for each submission, the sizes from those that no check uses. A trial takes the answer,
what the solution defines in its place, a random.Random for its sizes (torch's own random numbers are seeded too), and
the reference with all it has.
"""

import torch
from torch.func import functional_call

from grading.remote.replies import name_of
from helpers.checks.collate import check_columns_of_reviews, check_words, expect_batch
from helpers.checks.descriptions import asked_for, check_list, check_nearest
from helpers.checks.fake_words import (
    check_far,
    drawn,
    refuse_repetition,
    refuse_what_is_no_word,
    refuse_words_of_the_batch,
)
from helpers.checks.joint_losses import check_case, make_case
from helpers.checks.matrix_factorization import check_learned
from helpers.checks.near_words import JOINT, TEXT_ITEM, Batch
from helpers.checks.pieces import check_draws, check_piece
from helpers.checks.profile_step import check_batch
from helpers.checks.profile_step import random_batch as random_profile_batch
from helpers.checks.stand_ins import PlaneModel
from helpers.checks.verdict import Wrong, given, same, say
from helpers.reviews import Review

MAY_LACK = "to_text.bias"  # a weight that a model may do without; it is then 0 in ours


def size(draw, most=15):
    """Return a size that no check uses, now and then 1, where a bare squeeze would go wrong."""
    return draw.choice([1, *range(8, most + 1)])


def row_dots(answer, solution, draw, reference):
    """Two matrices of random shape."""
    compare(answer, solution, *torch.randn(2, size(draw), size(draw)).unbind())


def word_losses(answer, solution, draw, reference):
    """The log sigmoids of a random number of words."""
    compare(answer, solution, *(-3 * torch.rand(2, draw.randint(41, 90))).unbind())


def compare(answer, solution, *inputs):
    """Refuse an answer that returns another tensor than the solution does for these inputs."""
    with given(f"tensors of shape {tuple(inputs[0].shape)}"):
        came, expected = answer(*(part.clone() for part in inputs)), solution(*inputs)
    expect_same(came, expected, "the result", f"tensors of shape {tuple(inputs[0].shape)}")


def expect_same(came, expected, what, inputs):
    """Refuse `came` unless it is a tensor of the same shape and with the same numbers."""
    expect_shape(came, expected, what, inputs)
    if not same(came, expected).all():
        raise Wrong(
            f"for {inputs}, {what} has other values than it should.\n"
            f"  Expected {shortly(expected)}, you returned {shortly(came)}."
        )


def expect_shape(came, expected, what, inputs):
    """Refuse `came` unless it is a plain tensor of decimal numbers, of the same shape."""
    if not isinstance(came, torch.Tensor) or came.shape != expected.shape:
        kind = f"has shape {tuple(came.shape)}" if isinstance(came, torch.Tensor) else f"is {kind_of(came)}"
        raise Wrong(f"for {inputs}, {what} {kind}, expected a tensor of shape {tuple(expected.shape)}.")
    if came.layout != torch.strided or not came.is_floating_point():
        raise Wrong(f"for {inputs}, {what} is of type {came.dtype}, {came.layout}, expected plain decimal numbers.")


def kind_of(value):
    """Return in words what kind of thing a value is."""
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return "None" if value is None else f"of type {name_of(type(value).__name__)}"


def shortly(tensor):
    """Return the first numbers of a tensor as text."""
    numbers = tensor.detach().reshape(-1)
    return say(numbers[:4]) + (" ..." if len(numbers) > 4 else "")


# --- models


def factorizations(answer, solution, draw, reference):
    """A factorization model of random sizes and weights, on a random batch."""
    nb_users, nb_items, latent, batch = (size(draw) for _ in range(4))
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, latent), ids)


def ratings_of_texts(answer, solution, draw, reference):
    """A model of texts alone, on texts of random lengths, one of which may be empty."""
    dic_size, latent, batch, longest = draw.randint(13, 40), *(size(draw) for _ in range(3))
    compare_models(answer, solution, (dic_size, latent), (texts(batch, longest, dic_size),))


def ratings_of_profiles(answer, solution, draw, reference):
    """A model of user, item and text."""
    nb_users, nb_items, latent, batch, longest = (size(draw) for _ in range(5))
    dic_size = draw.randint(13, 40)
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, dic_size, latent), (*ids, texts(batch, longest, dic_size)))


def items_and_words(answer, solution, draw, reference):
    """A model that predicts the words of items."""
    compare_text_models(answer, solution, draw, TEXT_ITEM)
    look_at_draws(answer, solution, draw, TEXT_ITEM)


def joint_models(answer, solution, draw, reference):
    """A model that predicts ratings, and the words of items."""
    compare_text_models(answer, solution, draw, JOINT)
    look_at_draws(answer, solution, draw, JOINT)


def compare_text_models(answer, solution, draw, design):
    """Refuse a model of words that returns others than the solution; fake words may be any, if they are words."""
    nb_users, nb_items, latent, word_latent, batch, longest = (size(draw) for _ in range(6))
    dic_size = draw.randint(13, 40)
    text = Batch(torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,)), texts(batch, longest, dic_size))
    ours, theirs = twins(answer, solution, sizes_for(design, nb_users, nb_items, dic_size, latent, word_latent))
    expected, came = (model(*(text if design.rates else text[1:])) for model in (ours, theirs))
    expected, came = named(expected, expected, design.outputs, batch), named(came, expected, design.outputs, batch)
    for name, mine in expected.items():
        expect_shape(came[name], mine, f"the returned `{name}`", about(batch))
    check_far(came.pop("far"), ours, design, text)
    for name, yours in came.items():
        mine = expected[name]
        if name == "close":  # whichever order the words come in, the loss is the same
            yours, mine = yours.sort().values, mine.sort().values
        expect_same(yours, mine, f"the returned `{name}`", about(batch))
    came, expected = (model.get_text(text.users, text.items) for model in (theirs, ours))
    expect_same(came, expected, "what `get_text` returns", about(batch))


def look_at_draws(answer, solution, draw, design):
    """Refuse a model whose fake words are not drawn one by one, and evenly, from a vocabulary of random size."""
    nb_users, nb_items, dic_size, latent = (draw.randint(*bounds) for bounds in [(8, 15), (8, 15), (13, 18), (5, 8)])
    _, theirs = twins(answer, solution, sizes_for(design, nb_users, nb_items, dic_size, latent, latent + 1))
    lengths = torch.tensor([[150], [130], [90], [70]])
    text = torch.randint(1, 6, (4, 150)) * (torch.arange(150) < lengths)
    batch = Batch(torch.randint(nb_users, (4,)), torch.randperm(nb_items)[:4], text)
    fakes = drawn(theirs, design, batch)
    refuse_words_of_the_batch(fakes, batch)
    refuse_what_is_no_word(fakes, dic_size)
    refuse_repetition(fakes, batch)
    times, usual = fakes.bincount(minlength=dic_size)[2:], len(fakes) / (dic_size - 2)
    if (times - usual).square().sum() / usual > 50 + 3 * (dic_size - 12):  # chi-square, dic_size - 3 degrees of freedom
        raise Wrong(
            f"of {len(fakes)} fake words from a vocabulary of {dic_size} ids, words 2 to {dic_size - 1} came "
            f"{times.tolist()} times, expected about {usual:.0f} each."
        )


def sizes_for(design, nb_users, nb_items, dic_size, latent, word_latent):
    """Return what a model of this design is built with."""
    return nb_users, nb_items, dic_size, latent, *([word_latent] if design.rates else [])


def compare_models(answer, solution, sizes, inputs):
    """Refuse a model that returns other tensors than the solution with the same weights does."""
    ours, theirs = twins(answer, solution, sizes)
    expected, came, batch = ours(*inputs), theirs(*inputs), len(inputs[0])
    if isinstance(expected, torch.Tensor):
        expected, came = (expected,), (came,)
    names = ["the prediction", *(f"value {number} that `forward` returns" for number in range(2, len(expected) + 1))]
    for name, value in named(came, expected, names, batch).items():
        expect_same(value, expected[names.index(name)], name, about(batch))


def named(came, expected, names, batch):
    """Return what `forward` returned by name; refuse it if it is not as many as expected."""
    if not isinstance(came, (tuple, list)) or len(came) != len(expected):
        raise Wrong(f"for {about(batch)}, what `forward` returns is {kind_of(came)}, expected {len(expected)} values.")
    return dict(zip(names, came, strict=True))


def about(batch):
    """Return a batch of this size in words."""
    return f"a batch of {batch}"


def texts(batch, longest, dic_size):
    """Return random texts (batch, longest), padded with 0, some all padding."""
    lengths = torch.randint(0, longest + 1, (batch, 1))
    lengths[0] = longest
    return torch.randint(1, dic_size, (batch, longest)) * (torch.arange(longest) < lengths)


def twins(answer, solution, sizes):
    """Return a model of the solution's and one of the answer's, with the same random weights."""
    ours, theirs = solution(*sizes), answer(*sizes)
    weights = dict(theirs.named_parameters())
    with torch.no_grad():
        for name, weight in ours.named_parameters():
            weight.normal_()
            if name == "text_emb.weight":
                weight[0] = 0  # as `padding_idx` has it
            if name == MAY_LACK and name not in weights:
                weight.zero_()
                continue
            if name not in weights or weights[name].shape != weight.shape:
                raise Wrong(f"a model of sizes {sizes} has no weight `self.{name}` of shape {tuple(weight.shape)}.")
            weights[name].copy_(weight)
    return ours, theirs


# --- functions of reviews, and steps, which the check's own parts judge


def texts_of_reviews(answer, solution, draw, reference):
    """A batch of random size, with reviews of random lengths."""
    reviews = random_reviews(draw, size(draw), draw.choice([1, *range(31, 50)]))
    with given(f"{len(reviews)} reviews of {[len(review.words) for review in reviews]} words"):
        batch = expect_batch(answer([*reviews]), "tuple_batch_text")
    check_words(batch["reviews"], reviews, "tuple_batch_text")
    check_columns_of_reviews(batch, reviews, "tuple_batch_text")


def pieces_of_reviews(answer, solution, draw, reference):
    """Pieces of a random length, and draws from reviews of another length than the check's."""
    reviews = random_reviews(draw, size(draw), draw.randint(10, 20))
    check_piece(answer, reviews, draw.choice([2, *range(6, 12), *range(13, 22)]))
    nb_words = draw.randint(13, 18)
    check_draws(answer, nb_words, max_len=draw.randint(5, 9), size=draw.randint(25, 39))


def random_reviews(draw, count, longest):
    """Return encoded reviews of 1 to `longest` words, the first of `longest`."""
    lengths = [longest, *(draw.randint(1, longest) for _ in range(count - 1))]
    words = [[draw.randint(1, 60) for _ in range(length)] for length in lengths]
    return [Review(draw.randrange(99), draw.randrange(99), row, float(draw.randint(1, 5))) for row in words]


def profile_steps(answer, solution, draw, reference):
    """A batch of random size, on the check's own model."""
    check_batch(answer, random_profile_batch(draw.randint(7, 9), draw.randint(5, 12)))


def joint_steps(answer, solution, draw, reference):
    """Two batches of random sizes, on the check's own model; each part of the loss is to weigh the same in both."""
    sizes = draw.choice([1, 3, 5]), draw.randint(6, 8)  # one as in the check, one larger
    weights = []
    for batch in sizes:
        out, ratings = ([draw.randint(2, 10) / 2 + shift for _ in range(batch)] for shift in (0.25, 0.0))
        weights.append(check_case(answer, *make_case(out, ratings, draw.choice([4, 5, 7, 8]))))
    for part, weight in weights[0].items():
        if abs(weight - weights[1][part]) > 1e-3 * abs(weight + weights[1][part]):
            raise Wrong(
                f"the {part} weighs {say(weight)} in a batch of {sizes[0]} and {say(weights[1][part])} "
                f"in a batch of {sizes[1]}.\n  It should be a mean, whatever the size of the batch."
            )


def descriptions(answer, solution, draw, reference):
    """Another model of items among words than the check's, asked for other items and numbers of words."""
    words_of_ids = reference.names["04_predicting_text"]["inv_word_dic"]
    model = PlaneModel(len(words_of_ids))
    for top_k in (draw.choice([2, *range(4, 10)]), draw.choice([11, 12])):
        user, item = draw.randrange(4), draw.randrange(4)
        with given(asked_for(user, item, top_k)):
            words = answer(model, user, item, top_k=top_k)
        check_list(words, top_k, words_of_ids)
        check_nearest(words, model, user, item, words_of_ids)


def unseen_ratings(answer, solution, draw, reference):
    """Ratings that were never in the sandbox: who learned the validation reviews by heart does not know them.

    Nor does it help to look ratings up: the predictions have to be those that the weights give.
    """
    check_learned(answer, reference.unseen, reference.unseen_errors)
    ids = tuple(torch.as_tensor(of).clone() for of in (reference.unseen.val.users, reference.unseen.val.items))
    weights = {name: answer.get_parameter(name).detach().clone() for name, _ in solution.named_parameters()}
    with torch.no_grad():
        expected, came = functional_call(solution, weights, ids)[0], answer(*ids)[0]
    expect_same(came, expected, "the prediction of `koren`, reckoned from its weights,", "unseen reviews")
