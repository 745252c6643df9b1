"""What the grader tries of `describe_item` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import ITEMS, USERS, recorded, refuse_reuse, shuffled, twins
from exercises.kit.cosines import dots_and_cosines
from exercises.kit.expect import given
from exercises.kit.given.fake_models import PlaneModel
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import weights_kept
from exercises.kit.notebook import names_of
from helpers.reviews import FIRST_WORD

from .check import asked_for, check_list, check_nearest

NAME = "TextItem"


@hidden("describe-item", uses=(NAME,))
def descriptions(answer, solution, draw, reference):
    """Other models of items among words than the check's, asked for other items and numbers of words, up to all.

    Two models of the notebook's are asked the same.
    """
    names = reference.names("04_predicting_text")
    words_of_ids = names["inv_word_dic"]
    plane, own = PlaneModel(len(words_of_ids)), [own_models(answer, names, len(words_of_ids), draw) for _ in range(2)]
    most = len(words_of_ids) - FIRST_WORD
    own_sizes = [1, 10, draw.randint(13, 40), draw.randint(most // 2, most - 1), most]
    ids = shuffled(draw, [(USERS - 1, ITEMS - 1), *((draw.randrange(USERS), draw.randrange(ITEMS)) for _ in range(4))])
    asks = [(None, draw.randrange(4), draw.randrange(4), top_k) for top_k in (draw.randint(4, 9), draw.choice([2, 11]))]
    results = []
    asks += [(models, *ids[n], top_k) for n, top_k in enumerate(own_sizes) for models in own]
    for models, user, item, top_k in shuffled(draw, asks):
        if models is None:
            ask(answer, plane, user, item, top_k, words_of_ids)
        else:
            ask_own(recorded(answer, results), models, user, item, top_k, words_of_ids)
    refuse_reuse(answer, results)


def ask(answer, model, user, item, top_k, words_of_ids):
    """Ask for words near an item of the check's model."""
    with given(asked_for(user, item, top_k)), weights_kept(model, "describe_item", "model"):
        words = answer(model, user, item, top_k=top_k)
    check_list(words, top_k, words_of_ids)
    check_nearest(words, model, user, item, words_of_ids)


def own_models(answer, names, dic_size, draw):
    """Return a model of the notebook's, ours and theirs, with the same weights."""
    sizes = USERS, ITEMS, dic_size, draw.randint(5, 16)
    return twins(names_of(answer)[NAME], names[NAME], sizes)


def ask_own(answer, models, user, item, top_k, words_of_ids):
    """Ask for words near an item of the notebook's own model; refuse wrong ones. models: ours and theirs."""
    ours, theirs = models
    with given(f"a {NAME}, user {user}, item {item} and top_k {top_k}"), weights_kept(theirs, "describe_item", "model"):
        words = answer(theirs, user, item, top_k=top_k)
    check_list(words, top_k, words_of_ids)
    cosines = dots_and_cosines(ours.items.weight[item][None], ours.text_emb.weight)[1][0].detach()
    ids = {word: n for n, word in enumerate(words_of_ids) if n >= FIRST_WORD}
    if len(set(words)) < top_k or not set(words) <= set(ids):
        raise Wrong(f"of {top_k} words near item {item} of a {NAME}, some come twice, or are none of the vocabulary.")
    came = cosines[[ids[word] for word in words]]
    if not torch.allclose(came, cosines[FIRST_WORD:].topk(top_k).values, atol=1e-5):
        raise Wrong(f"for item {item} of a {NAME} and top_k {top_k}, these are not the nearest words, best first.")
