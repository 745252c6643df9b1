"""How the time and the memory of an epoch grow with the data: generated ratings, of ever more users and items."""

import sys
from functools import partial

from benchmarks.koren import NB_BATCHES, steps_alone
from benchmarks.measuring import Runs, in_a_process, interleaved
from benchmarks.ratings import Ratings, grown_file
from benchmarks.report import Table, at_most

OURS, FIXED = f"KorenMF, {NB_BATCHES} batches (the notebook's)", "KorenMF, batches of one size"
STEPS = 50  # of the batches of one size; the others train whole epochs


def growth(trained, sizes):
    """Measure an epoch at each size, in times Instant Video; return the Table, the Targets, what the picture shows.

    trained: name -> the partial of a function that trains for an epoch or two, with the options chosen for it.
    """
    seconds, added, nb_ratings = {}, {}, []
    for times in sizes:
        path = grown_file(times)
        nb_ratings.append(len(Ratings.load(path).train))
        for name, (cpu, megabytes) in an_epoch_each(path, times / sizes[0], trained).items():
            seconds.setdefault(name, []).append(cpu)
            added.setdefault(name, []).append(megabytes)
    shown = {"nb_ratings": nb_ratings, "seconds": seconds}
    return table(seconds, added, sizes, nb_ratings), targets(seconds, added, sizes), shown


def an_epoch_each(path, factor, trained):
    """Return name -> (CPU seconds of an epoch, MB that training adds) on ratings `factor` times the smallest."""
    ours = {
        OURS: partial(in_a_process, steps_alone, nb_steps=sys.maxsize),
        FIXED: partial(in_a_process, steps_alone, nb_steps=STEPS, nb_batches=round(NB_BATCHES * factor)),
    }
    jobs = ours | {name: partial(in_a_process, train.func, **train.keywords) for name, train in trained.items()}
    print(f"  {factor:g} times the smallest:", file=sys.stderr)
    results = interleaved({name: partial(job, path=path) for name, job in jobs.items()})
    return {
        name: (found[0]["cpu"] if name in ours else Runs(found).epoch(), found[0]["added"])
        for name, found in results.items()
    }


def compared(values):
    """Return the last value in times the first; None where the first is too small to be told from nothing."""
    return values[-1] / values[0] if values[0] else None


def table(seconds, added, sizes, nb_ratings):
    """Return the Table of all sizes."""
    span = f"at {sizes[-1]:g}x of {sizes[0]:g}x"
    headings = (
        *("model", f"CPU {span}", f"memory {span}"),
        *(f"{unit} at {times:g}x" for unit in ("CPU s", "MB") for times in sizes),
    )
    rows = [(name, compared(seconds[name]), compared(added[name]), *seconds[name], *added[name]) for name in seconds]
    notes = (
        "An epoch, generated ratings of so many times Instant Video's reviews, users and items, in training "
        f"{', '.join(f'{nb:,}' for nb in nb_ratings)}. MB: what training adds to the data.",
        f"The notebook cuts the training reviews into {NB_BATCHES} batches, however many they are, so time grows with "
        "the data. If batches kept their size, the steps would become more and each of them longer, since Adam moves "
        f"every weight at every step: time would grow with the square. Of those, {STEPS} steps were measured and "
        "multiplied.",
    )
    return Table("Growth", headings, rows, notes)


def targets(seconds, added, sizes):
    """Return what the larger data may cost: no more than a fifth above their size."""
    times = sizes[-1] / sizes[0]
    what = f"KorenMF, {times:g} times the data"
    return [
        at_most(f"{what}: CPU an epoch", 1.2 * times, compared(seconds[OURS])),
        at_most(f"{what}: memory", 1.2 * times, compared(added[OURS])),
    ]
