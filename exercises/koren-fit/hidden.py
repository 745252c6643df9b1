"""What the grader tries of a trained `KorenMF` besides its check."""

import copy

import numpy as np
import torch

from exercises.hidden import hidden
from exercises.kit.comparison import expect_same, shuffled, weight_of
from exercises.kit.given.refusals import Wrong

from .check import check_learned

KNOWS = 6.5  # standard deviations: an honest model comes near it once in a billion times
TASTES = 8.0  # standard deviations at which an honest model knows the tastes; it comes to 20 and more


@hidden("koren-fit")
def what_training_leaves(answer, solution, draw, reference):
    """What only a training as asked leaves in a model.

    Ratings that were never in the sandbox are foretold, its vectors hold the tastes, and it knows nothing of the chance
    in the ratings to choose and to test by. Nor does it help to look ratings up: the predictions have to be those that
    the weights give, whenever they are asked for.
    """
    weighed = copy.deepcopy(solution)
    with torch.no_grad():
        for name, weight in weighed.named_parameters():
            weight.copy_(weight_of(answer, name))
    check_learned(weighed, reference.unseen, reference.unseen_errors)
    for name, evidence in reference.evidence.items():
        refuse_knowledge(weighed, solution, name, evidence)
    refuse_without_tastes(weighed, reference.evidence["validation"])
    compare_predictions(answer, weighed, reference.unseen, draw)


def compare_predictions(answer, weighed, data, draw):
    """Refuse predictions other than those that the weights give."""
    ids = [torch.as_tensor(of).clone() for of in (data.val.users, data.val.items)]
    count = len(ids[0])
    sizes = [1, draw.randint(2, 60), draw.randint(61, count - 1), count]
    modes = shuffled(draw, [(a, b) for a in (True, False) for b in (True, False)])
    for size, (training, gradients) in zip(shuffled(draw, sizes), modes, strict=True):
        chosen = torch.randperm(count)[:size]
        pairs = [of[chosen] for of in ids]
        with torch.set_grad_enabled(gradients):
            came, expected = answer.train(training)(*pairs)[0], weighed(*pairs)[0]
        expect_same(came, expected, "the prediction of `koren`, reckoned from its weights,", "unseen reviews")


def predicted(model, evidence):
    """Return what a model predicts for the reviews of the evidence."""
    with torch.no_grad():
        return model(*(torch.as_tensor(of) for of in (evidence.users, evidence.items)))[0].double().numpy()


def refuse_knowledge(weighed, solution, name, evidence):
    """Refuse a model that knows the chance in ratings that it should not learn from.

    What an honest model predicts, too, is taken off before: what is left has no reason to go with chance.
    """
    came, honest = predicted(weighed, evidence), predicted(solution, evidence)
    known = np.stack([np.ones_like(came), honest, evidence.taste], axis=1)
    left = came - known @ np.linalg.lstsq(known, came, rcond=None)[0]
    if deviations(left, evidence.chance) > KNOWS:
        raise Wrong(
            f"`koren` knows the very ratings of the {name} reviews, down to their chance: it was trained on them.\n"
            "  `fit` takes first train_loader to learn from, then val_loader; the test reviews are read at the end."
        )


def refuse_without_tastes(weighed, evidence):
    """Refuse a model whose vectors say nothing about who likes what."""
    with torch.no_grad():
        users, items = (torch.as_tensor(of) for of in (evidence.users, evidence.items))
        products = (weighed.users(users) * weighed.items(items)).sum(dim=1).double().numpy()
    if not deviations(products, evidence.taste) > TASTES:
        raise Wrong(
            "the vectors of `koren` say nothing about who likes what: were they trained?\n"
            "  Is it `koren` that you gave to `fit`, for enough epochs and with its usual learning rate?"
        )


def deviations(a, b):
    """Return by how many standard deviations the correlation of two series is above that of independent ones."""
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / size * np.sqrt(len(a))) if size > 0 else 0.0
