"""The check of `joint_step`: the loss is judged by its gradients, term by term."""

import torch

from exercises.kit.expect import check, expect_tensor, given, same, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.fake_models import JOINT_SIZES as SIZES
from exercises.kit.given.fake_models import JointModel
from exercises.kit.given.refusals import Wrong
from exercises.kit.notebook import names_of, number_in, renamed
from exercises.kit.steps import check_mse, expect_same_when_evaluated, expect_two

ORDER = "The model returns out, close, far, embed_u, embed_i, mean, in this order."


def make_case(out, ratings, longest, kind=JointModel):
    """Return a batch (users, items, reviews, ratings), no id in it twice, and a model that predicts `out` for it."""
    size = len(ratings)
    reviews = torch.randint(1, SIZES[2], (size, longest))
    reviews[1:, 1:] = 0
    batch = torch.randperm(SIZES[0])[:size], torch.randperm(SIZES[1])[:size], reviews, torch.tensor(ratings)
    return batch, kind(batch, torch.tensor(out), int((reviews != 0).sum()))


def with_twins(out, ratings, longest):
    """Return a case in which a user and an item come twice."""
    batch, model = make_case(out, ratings, longest)
    batch[0][1], batch[1][-1] = batch[0][0], batch[1][0]
    return batch, model


@check("joint-step")
def joint_step(joint_step):
    """Check `joint_step(model, batch)`: -> the loss of the text, its three parts with their weights, and the mse.

    It is tried with the notebook's weights, and with others.
    """
    cases = [([4.5, 2.0, 1.75], [5.0, 4.0, 1.0], 3), ([3.5, 4.5, 2.25, 5.5, 0.5], [3.0, 1.5, 2.0, 3.5, 5.0], 6)]
    many = [value.tolist() for value in (1 + 4 * torch.rand(64), torch.randint(1, 6, (64,)).float())]
    for case in [*cases, ([4.5], [3.0], 2), (*many, 5)]:
        check_case(joint_step, *make_case(*case))
    with renamed(joint_step, text_weight=0.75, l2=1.25):
        check_case(joint_step, *make_case(*cases[0]))
        check_twins(joint_step, *with_twins(*cases[0]))
    batch, model = make_case(*cases[0])
    with on_fake_device("joint_step", "ratings.device"):
        joint_step(model, batch)


def check_case(joint_step, batch, model):
    """Check the step on one batch, in which no user or item comes twice."""
    ratings = batch[-1]
    loss, mse = call(joint_step, batch, model)
    expected = (model.out.detach() - ratings).square().mean()
    check_mse(mse, loss, model.out.detach(), ratings, "joint_step")
    if not loss.requires_grad:
        raise Wrong("the loss is cut off from the model, by .detach(), .item() or torch.no_grad(): nothing can learn.")
    loss.backward()
    check_rating_side(model, ratings)
    text = check_text_side(model)
    penalty = check_penalty(model, batch)
    squares = {table: rows.square().sum() / len(ratings) for table, rows in looked_up(model, batch).items()}
    words = text * (model.close.detach().mean() + model.far.detach().mean())
    parts = expected - words + sum(penalty[table] * squares[table] for table in squares)
    if not same(loss, parts):
        raise Wrong(
            f"a part of the loss has no gradient: with gradients come {say(parts)}, but the loss is {say(loss)}.\n"
            "  Is a term cut off by .detach(), .item() or torch.no_grad(), or is a number added?"
        )
    if not any(penalty.values()):
        raise Wrong(
            "the loss has no penalty on the looked-up users and items.\n"
            "  It has three parts: the rating loss, the text loss, and the squares of those rows, per review."
        )
    names = names_of(joint_step)
    expect_weight("text loss", text, "text_weight", names, model.close.numel())
    for table, weight in penalty.items():
        expect_weight(f"penalty on the {table}", weight, "l2", names, getattr(model, table).embedding_dim)


def expect_weight(part, weight, name, names, size):
    """Refuse a part of the loss that has another weight than the notebook's `name` says.

    size: how many numbers a mean may be taken over by mistake.
    """
    expected, other = number_in(names, name), number_in(names, {"l2": "text_weight", "text_weight": "l2"}[name])
    known = [
        (f"Is `{name}` missing?", 1.0),
        ("Have `text_weight` and `l2` changed places?", other),
        ("Is it halved?", expected / 2),
        ("Is it counted twice?", expected * 2),
        ("Is it a sum, where the text asks for a mean?", expected * size),
        (
            "A squared length is the sum over the latent dimension; only over the reviews a mean is taken.",
            expected / size,
        ),
    ]
    if abs(weight - expected) > 1e-3 * abs(expected):
        hints = [f"  {hint}" for hint, value in known if abs(weight - value) < 1e-3 * abs(value)]
        hints = hints or [f"  Read `{name}` where it stands, in the notebook: later cells change it."]
        raise Wrong(
            "\n".join([f"the {part} weighs {say(weight)} in the loss, expected `{name}`, {say(expected)}.", *hints[:1]])
        )


def check_twins(joint_step, batch, model):
    """Refuse a penalty that counts a user, or an item, of two reviews once."""
    loss, mse = call(joint_step, batch, model)
    names, rows = names_of(joint_step), looked_up(model, batch)
    penalty = sum(part.square().sum() for part in rows.values()) / len(batch[-1])
    words = -(model.close.detach().mean() + model.far.detach().mean())
    expected = mse.detach() + number_in(names, "text_weight") * words + number_in(names, "l2") * penalty
    if not same(loss, expected):
        raise Wrong(
            f"for a batch in which a user and an item come twice, the loss is {say(loss)}, expected {say(expected)}.\n"
            "  The penalty is per review: who has two reviews in the batch counts twice."
        )


def call(joint_step, batch, model):
    """Return loss and mse; refuse anything but two scalars, and a step that does the training loop's work."""
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with given(f"a model and a batch of {len(batch[0])} reviews"):
        try:
            returned = joint_step(model, tuple(part.clone() for part in batch))
        except (ValueError, RuntimeError) as error:
            if "unpack" in str(error) or "size of tensor" in str(error):
                error.meaning = ORDER
            raise
    moved = any(not torch.equal(value, before[key]) for key, value in model.state_dict().items())
    if moved or any(parameter.grad is not None for parameter in model.parameters()):
        raise Wrong("`joint_step` does the work of `fit`: it should only reckon loss and mse, and change nothing.")
    expect_two(returned, "joint_step")
    for value, name in zip(returned, ["loss", "mse"], strict=True):
        hints = [((1,), "A scalar has no dimension: shape ()."), (None, "One number for the batch: a mean over it.")]
        expect_tensor(value, (), f"the returned `{name}`", "joint_step", hints)
    expect_same_when_evaluated(joint_step, model, batch, returned, "joint_step")
    return returned


def check_rating_side(model, ratings):
    """Refuse a loss that pushes the predictions otherwise than the mean squared error does."""
    wanted = 2 * (model.out.detach() - ratings) / len(ratings)
    push = gradient(model.out)
    if same(push, wanted).all():
        return
    if not push.any():
        raise Wrong("no gradient reaches the predictions: does the loss contain the rating loss, not cut off?")
    times = (push * wanted).sum() / wanted.square().sum()
    hint = "Is something besides the mean squared error pushing them, such as a penalty on `out`?"
    if same(push, times * wanted).all():
        hint = f"The rating loss counts {say(times)} times in it; it should count once, as a mean over the batch."
    raise Wrong(
        "the loss pushes the predictions otherwise than the rating loss does.\n"
        f"  The gradient of {say(model.out)} should be {say(wanted)}, it is {say(push)}.\n  {hint}"
    )


def check_text_side(model):
    """Return the weight of the text loss; refuse one that does not push all words alike, and up."""
    pushes = {name: gradient(getattr(model, name)) for name in ("close", "far")}
    for name, push in pushes.items():
        values = getattr(model, name).detach()
        if not push.any():
            raise Wrong(f"no gradient reaches `{name}`: it has no part in the loss.\n  {ORDER}")
        if not torch.allclose(push, push.mean(), rtol=1e-3, atol=1e-7):
            hint = "Is it the mean over all words, of each alike?"
            if is_multiple(push - push.mean(), values - values.mean()):
                hint = f"`{name}` is squared, as the penalty squares vectors. {ORDER}"
            raise Wrong(
                f"the loss pushes some words of `{name}` harder than others; the text loss is an average over words.\n"
                f"  {hint}"
            )
        if push.mean() > 0:
            raise Wrong(f"the loss grows with `{name}`, so that learning makes it smaller: is a sign turned?")
    close, far = (-push.sum().item() for push in pushes.values())
    if abs(close - far) > 1e-3 * close:
        raise Wrong(f"`close` weighs {say(close)} in the loss, `far` {say(far)}: both should count alike.")
    return close


def is_multiple(a, b):
    """Return whether `a` is some number times `b`."""
    times = (a * b).sum() / b.square().sum()
    return torch.allclose(a, times * b, rtol=1e-3, atol=1e-6)


def check_penalty(model, batch):
    """Return the weights of the regularisation, by table; refuse one but of the squares of the batch's rows."""
    if gradient(model.mean).any():
        raise Wrong("the penalty pushes the global mean; leave it alone: nothing says that it should be near 0.")
    weights = {}
    for table, rows in looked_up(model, batch).items():
        pushes = gradient(getattr(model, table).weight)
        if pushes.any(dim=1).sum() > len(rows):
            raise Wrong(f"the penalty pushes all `{table}`; penalise the rows that were looked up for this batch.")
        push = pushes[batch[list(model.expected).index(table)]] * len(rows)
        weights[table] = ((push * rows).sum() / rows.square().sum() / 2).item()
        if not torch.allclose(push, 2 * weights[table] * rows, rtol=1e-3, atol=1e-6):
            raise Wrong(
                f"the penalty on the looked-up {table} is not the sum of their squares, per review.\n"
                "  Is it of their lengths, not squared, or of their absolute values?"
            )
        if weights[table] < 0:
            raise Wrong(f"the penalty on {table} is subtracted: longer vectors would make a smaller loss.")
    penalised = [table for table, weight in weights.items() if weight]
    if len(penalised) == 1:
        raise Wrong(f"the penalty is on the {penalised[0]} alone; it should be on both users and items.")
    return weights


def looked_up(model, batch):
    """Return the rows of the users and of the items of the batch, by table."""
    return {"users": model.users.weight.detach()[batch[0]], "items": model.items.weight.detach()[batch[1]]}


def gradient(parameter):
    """Return the gradient that reached a parameter, zeros if none did."""
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
