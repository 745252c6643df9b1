"""What the checks of ranking ask: ids of lists, one number, gradients, and small KorenMFs of their own."""

from collections.abc import Sequence

import torch

from exercises.kit.expect import Hint, expect_tensor, random_halves, say
from exercises.kit.given.refusals import StillToDo, Wrong
from helpers.factorization import KorenMF


def expect_ids(ids: object, shape: tuple[int, int], where: str, hints: Sequence[Hint] = ()) -> torch.Tensor:
    """Refuse `ids` unless it is a tensor of int64 of `shape`; return it."""
    if ids is ...:
        raise StillToDo(f"replace the `...` in `{where}`.")
    if ids is None:
        raise Wrong(f"the result is None, expected a tensor of shape {shape}.\n  Does `{where}` end with `return`?")
    if isinstance(ids, tuple) and len(ids) == 2:
        raise Wrong(
            "the result is two values, expected one tensor of ids.\n"
            "  `topk` and `sort` return both: the scores, and their `indices`, which are the ids."
        )
    if not isinstance(ids, torch.Tensor):
        kind = type(ids).__name__
        raise Wrong(f"the result is of type {kind}, expected a tensor of ids of shape {shape}.")
    if tuple(ids.shape) != shape:
        known = [f"  {sentence}" for wrong, sentence in hints if wrong in (tuple(ids.shape), None)]
        raise Wrong("\n".join([f"the result has shape {tuple(ids.shape)}, expected {shape}.", *known[:1]]))
    if ids.is_floating_point():
        raise Wrong(
            f"the result holds decimal numbers ({ids.dtype}), expected ids (torch.int64).\n"
            f"  It begins with {say(ids.flatten()[:3])}: are these the scores? The places where they stand are the ids."
        )
    if ids.dtype != torch.int64:
        raise Wrong(f"the result holds {ids.dtype}, expected ids of type torch.int64, as every look-up wants them.")
    return ids


def as_number(value: object, what: str, where: str) -> float:
    """Return a tensor without dimension, or a Python number, as a number; refuse anything else."""
    if value is ...:
        raise StillToDo(f"replace the `...` in `{where}`.")
    if value is None:
        raise Wrong(f"{what} is None, expected one number.\n  Does `{where}` end with `return`?")
    if isinstance(value, torch.Tensor):
        if value.shape != ():
            hint = "\n  A number has no dimension: shape ()." if value.numel() == 1 else ""
            raise Wrong(f"{what} has shape {tuple(value.shape)}, expected one number, of shape ().{hint}")
        return float(value.detach())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{what} is of type {type(value).__name__}, expected one number.")
    return float(value)


def expect_unchanged(before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], names: str, where: str) -> None:
    """Refuse a function that changes what it is given; names: of the arguments, with spaces between."""
    for old, new, name in zip(before, after, names.split(), strict=True):
        if old.shape != new.shape or not torch.equal(old, new):
            raise Wrong(
                f"`{where}` changes `{name}`, which whoever calls it still needs.\n"
                "  Is it changed in place, by an assignment to some of its places or an operation that ends in `_`?"
            )


def halves_model(nb_users: int, nb_items: int, latent_size: int) -> KorenMF:
    """Return a KorenMF whose weights are easy to reckon with, and none of them 0."""
    model = KorenMF(nb_users, nb_items, latent_size)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(random_halves(*weight.shape) / 2)
    return model


def counting_model(users: torch.Tensor, groups: torch.Tensor, nb_users: int, nb_items: int) -> KorenMF:
    """Return a KorenMF that scores all items alike; vectors of `users` are of length 1, and at right angles by group.

    So the gradient of item i's vector, in direction n, counts how often a loss compared i for a user of group n.
    """
    model = KorenMF(nb_users, nb_items, int(groups.max()) + 1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        model.users.weight[users] = torch.eye(model.users.embedding_dim)[groups]
    return model


def expect_scalar(value: object, what: str, where: str) -> None:
    """Refuse `value` unless it is a tensor of decimal numbers without dimension."""
    hints: list[Hint] = [((1,), "A scalar has no dimension: shape ()."), (None, "One number for the whole batch.")]
    expect_tensor(value, (), what, where, hints)


def names_of_pairs() -> dict[str, object]:
    """Return the names of notebook 5 that `bpr_step` and `fold_in` read, but small."""
    nb_users, nb_items = 30, 20
    seen = torch.rand(nb_users, nb_items, generator=torch.Generator().manual_seed(0)) < 0.3
    return {"nb_users": nb_users, "nb_items": nb_items, "seen": seen, "l2": 0.06}
