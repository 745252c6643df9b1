"""The text models beside tf-idf and ridge regression (scikit-learn), on the same words and the same split.

Sublinear tf-idf of the training reviews' words; the ridge's penalty is chosen on validation. "With biases" adds to it
user and item biases, shrunk by `SHRINKAGE` reviews towards 0, that are fitted to what the ridge leaves over.
"""

import time

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import Ridge

from helpers.data import load_data

PENALTIES = (0.5, 1.0, 2.0, 4.0)
SHRINKAGE = 5.0


def ridge():
    """Print the errors of the mean, of the ridge, and of the ridge with biases, as CSV."""
    data = load_data()
    start = time.perf_counter()
    transformer = TfidfTransformer(sublinear_tf=True)
    words = {"train": transformer.fit_transform(counts(data.train, data.dic_size))}
    words |= {part: transformer.transform(counts(getattr(data, part), data.dic_size)) for part in ("val", "test")}
    models = [Ridge(penalty, solver="sparse_cg").fit(words["train"], data.train.ratings) for penalty in PENALTIES]
    best = min(models, key=lambda model: mse(model.predict(words["val"]), data.val))
    predicted = {part: best.predict(words[part]) for part in words}
    seconds = time.perf_counter() - start
    with_biases = add_biases(predicted, data)
    print("model,train,val,test,seconds")
    print_row("the mean", dict.fromkeys(predicted, data.mean), data, 0)
    print_row(f"tf-idf ridge (penalty {best.alpha:g})", predicted, data, seconds)
    print_row("the same with biases", with_biases, data, seconds)


def counts(reviews, dic_size):
    """Return how often each review uses each word, (N, dic_size), sparse."""
    matrix = csr_matrix((np.ones(len(reviews.words)), reviews.words, reviews.offsets), (len(reviews), dic_size))
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


def mse(predicted, reviews):
    """Return the mean squared error of `predicted` ratings on encoded `reviews`."""
    return float(np.mean((predicted - reviews.ratings) ** 2))


def print_row(name, predicted, data, seconds):
    """Print one model's errors on all parts as a row of CSV."""
    errors = ",".join(f"{mse(values, getattr(data, part)):.4f}" for part, values in predicted.items())
    print(f"{name},{errors},{seconds:.2f}")
