"""The check of `describe_item`: on a small model of its own, the nearest words, best first."""

import math

import torch

from exercises.kit.expect import check, given
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.fake_models import MOSTLY_AWAY, PlaneModel
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.modules import weights_kept
from helpers.reviews import FIRST_WORD


@check("describe-item")
def describe_item(describe_item, inv_word_dic):
    """Check `describe_item(model, user, item, top_k=10)`: the nearest words, best first."""
    model = PlaneModel(len(inv_word_dic))
    most = min(10, len(inv_word_dic) - FIRST_WORD)
    for user, item, top_k in [(2, 1, min(3, most)), (0, 3, most), (3, 2, 1), (1, 0, most), (0, 0, most)]:
        asked = {} if top_k == 10 else {"top_k": top_k}
        with weights_kept(model, "describe_item", "model"), given(asked_for(user, item, top_k)):
            words = describe_item(model, user, item, **asked)
        check_list(words, top_k, inv_word_dic)
        check_nearest(words, model, user, item, inv_word_dic)
    away = PlaneModel(len(inv_word_dic), MOSTLY_AWAY)
    with given(asked_for(0, 0, most)):
        words = describe_item(away, 0, 0, top_k=most)
    check_list(words, most, inv_word_dic)
    check_nearest(words, away, 0, 0, inv_word_dic, model)
    with on_fake_device("describe_item", "model.text_emb.weight.device"):
        describe_item(model, 1, 0, top_k=1)


def asked_for(user, item, top_k):
    """Return what `describe_item` is asked for, in words."""
    return f"a model that has `get_text` and `text_emb`, user {user}, item {item} and top_k {top_k}"


def check_list(words, top_k, inv_word_dic):
    """Refuse anything but a list of `top_k` words."""
    if words is ...:
        raise StillToDo("replace the `...` in `describe_item`.")
    if not isinstance(words, (list, tuple)):
        kind = "None: does it end with `return`?" if words is None else f"of type {type(words).__name__}."
        raise Wrong(f"`describe_item` should return a list of words; what came is {kind}")
    odd = next((word for word in words if not isinstance(word, str)), None)
    if odd is not None:
        hints = {
            list: "A list in a list: there is one item here, so one list of words.",
            tuple: "Pairs, of a word and its cosine? The words alone, please." if is_pair(odd) else "",
            (int, torch.Tensor): "Is it an id? `inv_word_dic` knows the word of each id.",
        }
        hint = next((f"\n  {hint}" for kinds, hint in hints.items() if hint and isinstance(odd, kinds)), "")
        raise Wrong(
            f"`describe_item` should return a list of words; in it is something of type {type(odd).__name__}.{hint}"
        )
    ids = {inv_word_dic[n] for n in range(FIRST_WORD)}
    if ids & set(words) - {inv_word_dic[n] for n in range(FIRST_WORD, len(inv_word_dic))}:
        raise Wrong("padding or the unknown word is among the words: they have rows in `text_emb`, but say nothing.")
    if len(words) != top_k:
        hint = "\n  The nearest are asked for, whether or not their cosine is above 0." if len(words) < top_k else ""
        raise Wrong(f"`describe_item` returned a list of length {len(words)}, where top_k is {top_k}.{hint}")


def is_pair(value):
    """Return whether a value is a word and something else."""
    return isinstance(value, tuple) and len(value) == 2 and any(isinstance(part, str) for part in value)


def check_nearest(words, model, user, item, inv_word_dic, earlier=None):
    """Refuse words other than those of the highest cosine, best first. earlier: a model that was asked the same."""
    cosines, dots, distances = similarities(model, user, item)
    expected = best(cosines, len(words), inv_word_dic)
    if list(words) == expected:
        return
    swapped = similarities(model, item, user)[0]
    shifted = [inv_word_dic[n - FIRST_WORD] for n in cosines.topk(len(words)).indices.tolist()]
    known = [
        (
            "These are the words of the model that was asked before: are words kept, and not of which model?",
            earlier and best(similarities(earlier, user, item)[0], len(words), inv_word_dic),
        ),
        (
            "These are the farthest: are the smallest taken, or has the cosine lost its sign?",
            best(-cosines, len(words), inv_word_dic),
        ),
        ("These have the highest dot products: by them, long vectors win.", best(dots, len(words), inv_word_dic)),
        ("These are nearest in distance, where their lengths count.", best(-distances, len(words), inv_word_dic)),
        ("Were user and item swapped?", best(swapped, len(words), inv_word_dic)),
        ("The ids are moved: words start at id 2, so without the first two rows, row 0 is the word of id 2.", shifted),
        ("They are the right words, but not with the best first.", words if set(words) == set(expected) else None),
    ]
    hints = [
        f"\n  {sentence}" for sentence, returned in known if returned is not None and list(words) == list(returned)
    ]
    raise Wrong(
        f"these are not the nearest words, for {asked_for(user, item, len(words))}.\n"
        f"  By cosine with `get_text`, expected {listed(expected)}; you returned {listed(words)}" + "".join(hints[:1])
    )


def similarities(model, user, item):
    """Return for each word id its cosine with the place of `item`, its dot product, its distance; padding last."""
    words, place = (
        model.text_emb.weight.detach(),
        model.get_text(torch.tensor([user]), torch.tensor([item])).detach()[0],
    )
    dots, lengths = (words * place).sum(dim=1), words.norm(dim=1)
    both = torch.stack([dots / lengths, dots, -(words - place).norm(dim=1)])
    both[:, :FIRST_WORD] = -math.inf
    return both[0], both[1], -both[2]


def best(scores, top_k, inv_word_dic):
    """Return the `top_k` words of the highest finite scores, best first."""
    ranked = torch.where(scores.isfinite(), scores, -math.inf)
    return [inv_word_dic[n] for n in ranked.topk(top_k).indices.tolist()]


def listed(words):
    """Return the first words of a list, as text."""
    return ", ".join(word if len(word) < 20 else f"{word[:18]}..." for word in words[:3]) + (
        " ..." if len(words) > 3 else ""
    )
