"""What the plain loop of the notebook costs: beside other loops, most of them faster, and stage by stage."""

from functools import partial

from benchmarks.compiled import compiled_loop
from benchmarks.koren import koren_mf, other_loader, profile
from benchmarks.measuring import Runs, in_a_process, interleaved
from benchmarks.report import Table

NOTEBOOK = "the notebook's"


def other_loops(path, error, quick):
    """Return the Table of loops that are left out of the notebooks, beside the one that stands there."""
    jobs = {
        NOTEBOOK: partial(in_a_process, koren_mf, path=path),
        "torch's own samplers": partial(in_a_process, other_loader, path=path, loader="lists"),
        "no DataLoader": partial(in_a_process, other_loader, path=path, loader="cut"),
        "no DataLoader, 8 batches, lr 0.02": partial(
            in_a_process, other_loader, path=path, loader="cut", nb_batches=8, lr=0.02
        ),
        "no torch: the loop compiled": partial(in_a_process, compiled_loop, path=path, lr=0.02, l2=0.3),
    }
    runs = {name: Runs(found) for name, found in interleaved(jobs, 1 if quick else 3).items()}
    first = runs[NOTEBOOK].epoch()
    rows = [
        (name, first / found.epoch(), found.epoch(), found.seconds_to(error), found.first.best(), found.first.test)
        for name, found in runs.items()
    ]
    headings = ("loop", "times as fast an epoch", "CPU s an epoch", f"CPU s to {error:.3f}", "validation", "test")
    notes = (
        "What the plain loop of the notebook costs: those that are faster say less of what they do. Torch's own "
        "samplers need no class of ours, and make a Python list of each batch's rows.",
    )
    return Table("What is left out", headings, rows, notes)


def where_the_time_goes(path, limit):
    """Return the Table of the stages of an epoch of KorenMF, with torch's operators; `limit`: the compiled loop's."""
    result = in_a_process(profile, path=path)
    total = sum(result["stages"].values())
    rows = [
        (stage, f"{seconds / total:.0%}", 1e6 * seconds / result["steps"])
        for stage, seconds in result["stages"].items()
    ]
    us = 1e6 * total / result["steps"]
    notes = (
        f"A step calls {result['calls']:.0f} of torch's operators, {us / result['calls']:.1f} us each; the same "
        f"arithmetic in the compiled loop takes {1e6 * limit / result['steps']:.0f} us for as many ratings. What is "
        "left is torch's own cost of a call.",
    )
    return Table(
        f"Where an epoch of KorenMF goes ({result['steps']} batches of {result['batch_size']})",
        ("stage", "share", "us a batch"),
        rows,
        notes,
    )
