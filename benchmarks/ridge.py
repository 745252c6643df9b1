"""Sublinear tf-idf and ridge regression (scikit-learn) on the words of the training reviews.

The penalty is chosen on validation. "With biases" adds user and item biases, shrunk by `SHRINKAGE` reviews towards 0,
that are fitted to what the ridge leaves over. "Shares" is a ridge on the share of each word in a review: as a mean of
word vectors under a linear layer is linear in these shares too, it says how well RatingPred can predict.
"""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import Ridge
from sklearn.preprocessing import normalize

from benchmarks.measuring import Clock, memory
from benchmarks.ratings import PARTS, mse
from helpers.data import load_data

PENALTIES = {"tf-idf": (0.5, 1.0, 2.0, 4.0), "shares": (0.01, 0.03, 0.1, 0.3)}
SHRINKAGE = 5.0


def ridge(threads=1):
    """Return for "tf-idf", "with biases" and "shares" the errors, the penalty, and the CPU seconds from words on."""
    data = load_data(quiet=True)
    before = memory("VmRSS")
    result = {"tf-idf": fitted("tf-idf", tf_idf, data)}
    result["added"] = memory() - before
    plain = result["tf-idf"]
    with Clock() as clock:
        with_biases = add_biases(plain.pop("predicted"), data)
    result["with biases"] = plain | errors(with_biases, data) | {"cpu": plain["cpu"] + clock.cpu}
    result["shares"] = fitted("shares", shares, data)
    del result["shares"]["predicted"]
    return result


def fitted(kind, features, data):
    """Fit a ridge with each penalty to what `features(data)` gives; return what the best on validation did."""
    with Clock() as making:
        words = features(data)
    fits = []
    for penalty in PENALTIES[kind]:
        with Clock() as clock:
            model = Ridge(penalty, solver="sparse_cg").fit(words["train"], data.train.ratings)
        predicted = {part: model.predict(words[part]) for part in PARTS}
        cpu = {"making": making.cpu, "cpu": making.cpu + clock.cpu}
        fits.append({"penalty": penalty, "predicted": predicted} | cpu | errors(predicted, data))
    return min(fits, key=lambda fit: fit["val"])


def errors(predicted, data):
    """Return the error on each part."""
    return {part: mse(predicted[part], getattr(data, part)) for part in PARTS}


def shares(data):
    """Return the share of each word in each review, (N, dic_size), sparse."""
    return {part: normalize(counts(getattr(data, part), data.dic_size), "l1") for part in PARTS}


def tf_idf(data):
    """Return the words of each part as sublinear tf-idf, (N, dic_size), sparse; the weights are those of training."""
    transformer = TfidfTransformer(sublinear_tf=True)
    words = {"train": transformer.fit_transform(counts(data.train, data.dic_size))}
    return words | {part: transformer.transform(counts(getattr(data, part), data.dic_size)) for part in PARTS[1:]}


def counts(reviews, dic_size):
    """Return how often each review uses each word, (N, dic_size), sparse."""
    uses = np.ones(len(reviews.words)), reviews.words, reviews.offsets
    matrix = csr_matrix(uses, (len(reviews), dic_size), copy=True)  # the next line works in place
    matrix.sum_duplicates()  # without it, every use would count as a word of its own
    return matrix


def add_biases(predicted, data):
    """Return the predictions with the shrunk mean of what they leave over, for each user and then for each item."""
    predicted = dict(predicted)
    for ids, size in (("users", data.nb_users), ("items", data.nb_items)):
        of_train = getattr(data.train, ids)
        left = np.bincount(of_train, data.train.ratings - predicted["train"], minlength=size)
        bias = left / (np.bincount(of_train, minlength=size) + SHRINKAGE)
        predicted = {part: values + bias[getattr(getattr(data, part), ids)] for part, values in predicted.items()}
    return predicted
