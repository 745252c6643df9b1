"""The models of ratings, side by side: ours, the original recipe, other libraries, and a compiled loop."""

import math
import sys
from functools import partial
from itertools import product
from typing import NamedTuple

from benchmarks import pictures
from benchmarks.compiled import compiled_loop
from benchmarks.growth import growth
from benchmarks.koren import koren_mf
from benchmarks.loops import other_loops, where_the_time_goes
from benchmarks.measuring import Runs, in_a_process, interleaved
from benchmarks.original import EPOCHS, WORKERS, on_ratings
from benchmarks.peers import FEW_EPOCHS, REFITTED, SOME_EPOCHS, cornac_mf, lenskit_als, lenskit_bias, surprise_svd
from benchmarks.ratings import Ratings, mse, ratings_file
from benchmarks.report import Part, Table, at_least, at_most, cell, ratio

OURS, TUNED, SURPRISE, LIMIT = "KorenMF, the notebook's", "KorenMF, tuned", "surprise SVD", "compiled loop (numba)"
SHORT, DEFAULT = "surprise SVD, 20 epochs at most", "surprise SVD as it comes"
ORIGINAL, REPAIRED, WRITTEN = "KorenMF, original recipe", "the same, started at the mean", "with its workers"


class Competitor(NamedTuple):
    """A function that trains, and the values to try for each of its options: 12 configurations for everybody."""

    train: object
    grid: dict

    def configurations(self):
        """Return all combinations of the grid's values, as dicts."""
        return [dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values())]


SURPRISE_GRID = {"n_factors": (10, 25, 50), "lr_all": (0.005, 0.02), "reg_all": (0.1, 0.3)}
UP_TO_20 = tuple(epochs for epochs in SOME_EPOCHS if epochs <= 20)
COMPETITORS = {
    TUNED: Competitor(koren_mf, {"latent_size": (8, 16), "lr": (0.01, 0.015, 0.02), "l2": (0.3, 0.4)}),
    SURPRISE: Competitor(surprise_svd, SURPRISE_GRID),
    SHORT: Competitor(surprise_svd, SURPRISE_GRID | {"epochs": (UP_TO_20,)}),
    "cornac MF": Competitor(cornac_mf, {"k": (8, 16, 32), "learning_rate": (0.005, 0.02), "lambda_reg": (0.1, 0.3)}),
    "lenskit biases": Competitor(lenskit_bias, {"user_damping": (5, 10, 20, 40), "item_damping": (2, 5, 10)}),
    "lenskit ALS": Competitor(lenskit_als, {"embedding_size": (4, 8, 16), "regularization": (0.2, 0.3, 0.4, 0.5)}),
    LIMIT: Competitor(compiled_loop, {"latent_size": (8, 16, 50), "lr": (0.005, 0.02), "l2": (0.1, 0.3)}),
}
HEADINGS = (
    *("model", "CPU to Surprise's error", "CPU an epoch", "s to that error", "s an epoch"),
    *("validation", "test", "epochs", "wall s an epoch, 2 threads", "peak MB", "of it in training"),
)


def rating(quick=False):
    """Measure the models of ratings; return the Part. `quick`: few configurations, one repeat, no large data."""
    with ratings_file() as path:
        data = Ratings.load(path)
        chosen = {name: choose(path, name, quick) for name in COMPETITORS}
        runs, both = measured(path, data, chosen, quick)
        error = rounded_up(runs[SURPRISE].first.best())
        left_out = other_loops(path, error, quick), where_the_time_goes(path, runs[LIMIT].epoch())
    others = {name: options for name, options in chosen.items() if name not in (TUNED, SHORT)}
    trained = {name: for_two_epochs(COMPETITORS[name].train, options) for name, options in others.items()}
    grown, growth_targets, sizes = growth(trained, (0.2, 1) if quick else (1, 10, 100))
    seconds = {name: found.seconds_to(error) for name, found in runs.items()}
    return Part(
        "Models of ratings",
        [side_by_side(data, runs, both, error, notes(runs, both, error, chosen)), *left_out, grown],
        targets(runs, error) + growth_targets,
        (partial(pictures.to_error, error=error, seconds=seconds), partial(pictures.growth, **sizes)),
    )


def choose(path, name, quick):
    """Return the options of a competitor with the lowest validation error."""
    print(f"  tuning {name} ...", file=sys.stderr)
    options = in_a_process(tune, path=path, name=name, quick=quick)["options"]
    print(f"    {in_words(options)}", file=sys.stderr)
    return options


def tune(path, name, quick):
    """Train each configuration; return the options of the best."""
    competitor = COMPETITORS[name]
    configurations = competitor.configurations()[: 1 if quick else None]
    fewer = {"epochs": FEW_EPOCHS} if competitor.train in REFITTED else {}
    errors = [competitor.train(path, **fewer | options).best() for options in configurations]
    return {"options": configurations[errors.index(min(errors))]}


def for_two_epochs(train, options):
    """Return what trains for two epochs with these options."""
    return partial(train, **options, epochs=(2,) if train in REFITTED else 2)


def measured(path, data, chosen, quick):
    """Return name -> Runs of all models at their best on one thread, and the same, once, on two."""
    jobs = {OURS: partial(in_a_process, koren_mf, path=path)}
    jobs |= {name: partial(in_a_process, COMPETITORS[name].train, path=path, **chosen[name]) for name in COMPETITORS}
    jobs[DEFAULT] = partial(in_a_process, surprise_svd, path=path, epochs=[20])
    original = partial(in_a_process, on_ratings, path=path, name="KorenMF")
    long = partial(original, epochs=1 if quick else EPOCHS)
    originals = {ORIGINAL: long, REPAIRED: partial(long, mean=data.mean, centre=0, spread=0)}
    both = {name: partial(job, threads=2) for name, job in jobs.items()}
    both |= {ORIGINAL: partial(original, epochs=1, threads=2), WRITTEN: partial(original, epochs=1, workers=WORKERS)}
    results = interleaved(jobs, 1 if quick else 3) | interleaved(originals)
    return tuple({name: Runs(found) for name, found in part.items()} for part in (results, interleaved(both)))


def rounded_up(error):
    """Return an error with three digits, rounded up, so that it can be reached."""
    return math.ceil(round(error * 1e3, 3)) / 1e3


def side_by_side(data, runs, both, error, notes):
    """Return the Table of all models."""
    seconds, epoch = runs[SURPRISE].seconds_to(error), runs[SURPRISE].epoch()
    rows = [("the mean", None, None, None, None, mse(data.mean, data.val), mse(data.mean, data.test), *[None] * 4)]
    for name, found in runs.items():
        taken, curve = found.seconds_to(error), found.first
        rows.append(
            (
                *(name, ratio(taken, seconds), found.epoch() / epoch, taken, found.epoch()),
                *(curve.best(), curve.test, curve.best_epoch()),
                both[name].epoch("wall") if name in both else None,
                *(found.of("peak"), found.of("added")),
            )
        )
    return Table("Side by side", HEADINGS, rows, notes)


def notes(runs, both, error, chosen):
    """Return what stands below the table."""
    tried = "; ".join(f"{name}: {in_words(options)}" for name, options in chosen.items())
    easy, written = rounded_up(runs[DEFAULT].first.best()), both[WRITTEN]
    theirs, ours = (cell(runs[name].seconds_to(easy)) for name in (DEFAULT, OURS))
    return (
        f"Ratios are to {SURPRISE}. Its error is {error:.3f}, its lowest on validation, rounded up. CPU seconds, one "
        "thread, data in memory, imports and compiling left out; the median of the repeats.",
        f"Each was tuned on validation, over the same number of configurations. Chosen were, for {tried}.",
        f"The original recipe ran for {runs[ORIGINAL].first.epochs[-1]} of its {EPOCHS} epochs, with one configuration."
        f" With the {WORKERS} workers of its text, an epoch takes {written.epoch():.2f} CPU s, "
        f"{written.epoch('wall'):.2f} s by the clock.",
        f"{DEFAULT[0].upper()}{DEFAULT[1:]} (20 epochs, 100 factors) reaches {easy:.3f} in {theirs} CPU s, and the "
        f"notebook's KorenMF that error in {ours} CPU s.",
        "One thread does all the work of Surprise and of the compiled loop, whatever is allowed.",
    )


def in_words(options):
    """Return options in words."""
    return ", ".join(f"{name} {value:g}" for name, value in options.items() if name != "epochs")


def targets(runs, error):
    """Return what KorenMF is to reach."""
    short = rounded_up(runs[SHORT].first.best())
    ours, theirs, repaired = (runs[name].seconds_to(error) for name in (OURS, SURPRISE, REPAIRED))
    epoch = {name: found.epoch() for name, found in runs.items()}
    what = "KorenMF to that error, faster than the original recipe started at the mean"
    if repaired is None and runs[REPAIRED].first.epochs[-1] == EPOCHS:
        what += f", which is not there after {EPOCHS} epochs: at least"
        repaired = runs[REPAIRED].first.cpu[-1]
    return [
        at_most("KorenMF to Surprise's error: CPU of Surprise's", 1, ratio(ours, theirs)),
        at_most(
            f"KorenMF to {short:.3f}, the error of Surprise tuned within its usual 20 epochs: CPU of its",
            1,
            ratio(runs[OURS].seconds_to(short), runs[SHORT].seconds_to(short)),
        ),
        at_most("KorenMF, an epoch: CPU of Surprise's", 3, epoch[OURS] / epoch[SURPRISE]),
        at_least(what, 50, ratio(repaired, ours)),
    ]
