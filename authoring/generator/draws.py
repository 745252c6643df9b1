"""Random numbers and arithmetic that give the same bits on every processor and with every numpy from 2.0 on.

numpy promises to keep the raw bits of a bit generator, not what its `Generator` makes of them (NEP 19). How it sorts
ties and adds up floats depends on the processor's instructions, and so do the last bits of exp, log and erf. So
everything here is made of raw bits, whole numbers, stable sorts, and single additions, multiplications and square
roots, which IEEE 754 fixes to the last bit.
"""

import math

import numpy as np

NORMAL_PARTS = 12  # uniform numbers in the sum that stands for a normal one: their variances, 1/12 each, add up to 1
DOUBLINGS = 20


class Draws:
    """A stream of random numbers; the same seed (a whole number) gives the same stream everywhere."""

    def __init__(self, seed):
        self.bits = np.random.PCG64(seed)

    def uniform(self, size):
        """Draw `size` numbers from [0, 1), each a multiple of 2 ** -53."""
        return (self.bits.random_raw(size) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, bound, size):
        """Draw `size` whole numbers from 0 to bound - 1."""
        return (self.uniform(size) * bound).astype(np.int64)

    def choice(self, weights, size):
        """Draw `size` positions of `weights`, each as often as its weight says."""
        reach = np.cumsum(np.asarray(weights, dtype=np.float64))  # from left to right: cumsum cannot do it otherwise
        return np.searchsorted(reach, self.uniform(size) * reach[-1], side="right").clip(max=len(reach) - 1)

    def normal(self, size):
        """Draw `size` numbers, mean 0 and variance 1, nearly normal: sums of 12 uniform ones, which end at -6 and 6."""
        raw = self.bits.random_raw(3 * size).astype("<u8").view("<u2")  # four pieces of 16 bits each
        sums = raw.reshape(size, NORMAL_PARTS).astype(np.int64).sum(axis=1)  # whole numbers: any order gives the same
        return (2 * sums - NORMAL_PARTS * 65_535) / 131_072

    def permutation(self, items):
        """Return `items`, an array or the number of a range, in random order."""
        items = np.arange(items) if np.ndim(items) == 0 else np.asarray(items)
        return items[argsort(self.bits.random_raw(len(items)))]


def normal_cdf_table(steps):
    """Return the probabilities that `Draws.normal` stays below -6, -6 + 1 / steps, ..., 6, as floats.

    They are those of a sum of 12 uniform numbers (Irwin, 1927; Hall, 1927), computed with whole numbers.
    """
    n, table = NORMAL_PARTS, []
    for x in range(n * steps + 1):  # the sum is x / steps
        terms = ((-1) ** k * math.comb(n, k) * (x - k * steps) ** n for k in range(x // steps + 1))
        table.append(sum(terms) / (math.factorial(n) * steps**n))  # Python divides whole numbers to the nearest float
    return np.array(table)


def argsort(values):
    """Return the order that sorts `values`; equal ones stay in their order, which numpy's default does not promise."""
    return np.argsort(values, kind="stable")


def total(values):
    """Return the sum of `values`, rounded once, so that no order of adding can change it."""
    return math.fsum(np.asarray(values).ravel().tolist())


def mean(values):
    """Return the mean of `values`, from their `total`."""
    return total(values) / np.size(values)


def exp(x):
    """Return e to the power of x, for x from -40 to 40, to four digits: (1 + x / 2**20) ** (2**20), by squaring."""
    power = 1 + np.asarray(x, dtype=np.float64) / 2**DOUBLINGS
    for _ in range(DOUBLINGS):
        power = power * power
    return power


def dot(a, b):
    """Return the dot product of each row of a with the same row of b, (n, d) each, added up from left to right."""
    result = a[:, 0] * b[:, 0]
    for column in range(1, a.shape[1]):
        result = result + a[:, column] * b[:, column]
    return result
