"""What the grader tries of `describe_item` besides its check."""

from exercises.hidden import hidden
from exercises.kit.expect import given
from exercises.kit.given.fake_models import PlaneModel

from .check import asked_for, check_list, check_nearest


@hidden("describe-item")
def descriptions(answer, solution, draw, reference):
    """Another model of items among words than the check's, asked for other items and numbers of words."""
    words_of_ids = reference.names("04_predicting_text")["inv_word_dic"]
    model = PlaneModel(len(words_of_ids))
    for top_k in (draw.choice([2, *range(4, 10)]), draw.choice([11, 12])):
        user, item = draw.randrange(4), draw.randrange(4)
        with given(asked_for(user, item, top_k)):
            words = answer(model, user, item, top_k=top_k)
        check_list(words, top_k, words_of_ids)
        check_nearest(words, model, user, item, words_of_ids)
