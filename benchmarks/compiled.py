"""The physical limit: stochastic gradient descent on Koren's model, one rating at a time, compiled (numba)."""

import numpy as np

from benchmarks.measuring import Clock, Curve, memory
from benchmarks.ratings import Ratings, mse


def sgd_epoch(order, users, items, ratings, mean, user_bias, item_bias, user_vectors, item_vectors, lr, l2):
    """Pass once over the ratings in this order, changing biases and vectors in place.

    Each step goes down the gradient of (error² + l2 · (biases² + vectors²)) / 2, by Koren, Bell and Volinsky (2009).
    """
    for n in order:
        u, i = users[n], items[n]
        error = ratings[n] - mean - user_bias[u] - item_bias[i]
        for d in range(user_vectors.shape[1]):
            error -= user_vectors[u, d] * item_vectors[i, d]
        user_bias[u] += lr * (error - l2 * user_bias[u])
        item_bias[i] += lr * (error - l2 * item_bias[i])
        for d in range(user_vectors.shape[1]):
            of_user, of_item = user_vectors[u, d], item_vectors[i, d]
            user_vectors[u, d] += lr * (error * of_item - l2 * of_user)
            item_vectors[i, d] += lr * (error * of_user - l2 * of_item)


def compiled(function):
    """Return a function as machine code."""
    import numba  # here, since all but this benchmark can do without it

    return numba.njit(fastmath=True)(function)


def start(nb_users, nb_items, latent_size, rng):
    """Return biases of 0 and short random vectors."""
    vectors = [rng.normal(0, 0.1, (count, latent_size)).astype(np.float32) for count in (nb_users, nb_items)]
    return [np.zeros(nb_users, np.float32), np.zeros(nb_items, np.float32), *vectors]


def predict(reviews, mean, user_bias, item_bias, user_vectors, item_vectors):
    """Return the predicted ratings (N,) of encoded `reviews`."""
    u, i = reviews.users, reviews.items
    return mean + user_bias[u] + item_bias[i] + np.einsum("nd,nd->n", user_vectors[u], item_vectors[i])


def compiled_loop(path, threads=1, epochs=80, latent_size=16, lr=0.01, l2=0.1):
    """Train on the ratings at `path`; return the Curve. Compiling is left out of it; one thread does all."""
    data, rng, epoch = Ratings.load(path), np.random.default_rng(0), compiled(sgd_epoch)
    columns = data.train.users, data.train.items, data.train.ratings
    mean, lr, l2 = (np.float32(value) for value in (data.mean, lr, l2))
    tables = start(data.nb_users, data.nb_items, latent_size, rng)
    epoch(np.arange(0), *columns, mean, *tables, lr, l2)  # compiles
    clock, before, curve, tests = Clock(), memory("VmRSS"), ([], [], [], []), []
    for number in range(1, epochs + 1):
        with clock:
            epoch(rng.permutation(len(data.train)), *columns, mean, *tables, lr, l2)
        error = mse(predict(data.val, mean, *tables), data.val)
        for values, value in zip(curve, (number, clock.cpu, clock.wall, error), strict=True):
            values.append(value)
        tests.append(mse(predict(data.test, mean, *tables), data.test))
    return Curve(*curve, tests[int(np.argmin(curve[-1]))], memory() - before)
