"""What the grader tries of a trained `KorenMF` besides its check."""

import torch
from torch.func import functional_call

from exercises.hidden import hidden
from exercises.kit.comparison import expect_same

from .check import check_learned


@hidden("koren-fit", rounds=1)
def unseen_ratings(answer, solution, draw, reference):
    """Ratings that were never in the sandbox: who memorised the validation reviews does not know them.

    Nor does it help to look ratings up: the predictions have to be those that the weights give.
    """
    check_learned(answer, reference.unseen, reference.unseen_errors)
    ids = tuple(torch.as_tensor(of).clone() for of in (reference.unseen.val.users, reference.unseen.val.items))
    weights = {name: answer.get_parameter(name).detach().clone() for name, _ in solution.named_parameters()}
    with torch.no_grad():
        expected, came = functional_call(solution, weights, ids)[0], answer(*ids)[0]
    expect_same(came, expected, "the prediction of `koren`, reckoned from its weights,", "unseen reviews")
