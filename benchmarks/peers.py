"""Other libraries' models of ratings, on the same split: scikit-surprise, cornac and LensKit.

Surprise's SVD (Hug, 2020), cornac's MF (Salah, Truong and Lauw, 2020), LensKit's biases and its alternating least
squares (Ekstrand, 2020). None of them says what it has reached on the way, so each is trained anew for every number of
epochs that is asked for, and each time from the start; the time is that of `fit` alone, the
data being in the library's own form already.
"""

import numpy as np

from benchmarks.measuring import Clock, Curve, memory
from benchmarks.ratings import Ratings, mse

SOME_EPOCHS = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80)
FEW_EPOCHS = (5, 10, 20, 40, 80)  # for tuning


def curve(data, epochs, train):
    """Return the Curve of `train(nb_epochs, clock)`, which returns a function from reviews to predictions."""
    before, points = memory("VmRSS"), []
    for nb_epochs in epochs:
        clock = Clock()
        predict = train(nb_epochs, clock)
        errors = (mse(predict(part), part) for part in (data.val, data.test))
        points.append((nb_epochs, clock.cpu, clock.wall, *errors))
    *columns, tests = map(list, zip(*points, strict=True))
    return Curve(*columns, tests[int(np.argmin(columns[-1]))], memory() - before)


def triples(reviews):
    """Return the ratings as a list of (user, item, rating)."""
    return list(zip(reviews.users.tolist(), reviews.items.tolist(), reviews.ratings.tolist(), strict=True))


def surprise_svd(path, threads=1, epochs=SOME_EPOCHS, **options):
    """Train scikit-surprise's SVD on the ratings at `path`; return the Curve. It knows one thread alone."""
    from surprise import SVD, Dataset, Reader

    data = Ratings.load(path)
    rows = [(*row, None) for row in triples(data.train)]
    trainset = Dataset(Reader(rating_scale=(1, 5))).construct_trainset(rows)

    def train(nb_epochs, clock):
        model = SVD(random_state=0, n_epochs=nb_epochs, **options)
        with clock:
            model.fit(trainset)
        return lambda reviews: [model.predict(user, item, clip=False).est for user, item, _ in triples(reviews)]

    return curve(data, epochs, train)


def cornac_mf(path, threads=1, epochs=SOME_EPOCHS, **options):
    """Train cornac's MF on the ratings at `path`; return the Curve."""
    from cornac.data import Dataset
    from cornac.models import MF

    data = Ratings.load(path)
    trainset = Dataset.build(triples(data.train), seed=0)
    users, items = trainset.uid_map, trainset.iid_map

    def train(nb_epochs, clock):
        model = MF(use_bias=True, seed=0, num_threads=threads, max_iter=nb_epochs, **options)
        with clock:
            model.fit(trainset)
        return lambda reviews: [
            model.rate(users[user], items[item], clipping=False) for user, item, _ in triples(reviews)
        ]

    return curve(data, epochs, train)


def lenskit_dataset(data):
    """Return the training ratings as LensKit's Dataset."""
    import pandas as pd
    from lenskit.data import from_interactions_df

    columns = {"user_id": data.train.users, "item_id": data.train.items, "rating": data.train.ratings}
    return from_interactions_df(pd.DataFrame(columns))


def of_biases(bias, reviews):
    """Return what LensKit's BiasModel predicts, for all `reviews` at once (it asks for one user at a time)."""
    users, items = bias.users.numbers(reviews.users), bias.items.numbers(reviews.items)
    return bias.global_bias + bias.user_biases[users] + bias.item_biases[items]


def lenskit_bias(path, threads=1, epochs=SOME_EPOCHS, user_damping=5.0, item_damping=5.0):
    """Fit LensKit's biases to the ratings at `path`; return the Curve, of one epoch: they come by a formula."""
    from lenskit.basic import BiasScorer

    data = Ratings.load(path)
    dataset = lenskit_dataset(data)

    def train(nb_epochs, clock):
        model = BiasScorer(damping={"user": user_damping, "item": item_damping})
        with clock:
            model.train(dataset)
        return lambda reviews: of_biases(model.model_, reviews)

    return curve(data, (1,), train)


def lenskit_als(path, threads=1, epochs=SOME_EPOCHS, **options):
    """Train LensKit's biased alternating least squares on the ratings at `path`; return the Curve."""
    from lenskit.als import BiasedMFScorer
    from lenskit.training import TrainingOptions

    data = Ratings.load(path)
    dataset = lenskit_dataset(data)

    def train(nb_epochs, clock):
        model = BiasedMFScorer(epochs=nb_epochs, **options)
        with clock:
            model.train(dataset, TrainingOptions(rng=0))

        def predict(reviews):
            users, items = model.users.numbers(reviews.users), model.items.numbers(reviews.items)
            match = np.einsum("nd,nd->n", model.user_embeddings[users], model.item_embeddings[items])
            return of_biases(model.bias, reviews) + match

        return predict

    return curve(data, epochs, train)


REFITTED = (surprise_svd, cornac_mf, lenskit_bias, lenskit_als)  # take several numbers of epochs, and start anew
