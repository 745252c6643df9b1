"""The whole session: each solution notebook from kernel start to end, beside the original loops of the same models."""

from functools import partial

from authoring.notebooks import solution_paths
from benchmarks.errors import executed
from benchmarks.measuring import Clock, Runs, in_a_process, interleaved
from benchmarks.original import EPOCHS, WORKERS, on_rare_words, on_ratings, on_text
from benchmarks.ratings import ratings_file
from benchmarks.report import Part, Table, Target, at_least

RUNS = {  # how each model of the original is run
    "ClassicMF": on_ratings,
    "KorenMF": on_ratings,
    "RatingPred": on_text,
    "RatingPredProfile": on_text,
    "TextItem": on_rare_words,
    "TextClassicMF": on_rare_words,
}


def session(quick=False, whole=False):
    """Measure the notebooks and the original loops; return the Part.

    quick: one epoch of each original loop, three if not; whole: all of its epochs, which takes some 20 minutes. From
    fewer, their time is multiplied; their errors are then those of so many epochs, and prove nothing. Their text has
    WORKERS make the batches: one epoch each is trained so, and all others without workers, which is faster.
    """
    epochs = EPOCHS if whole else 1 if quick else 3
    with ratings_file() as path:
        jobs = {
            name: partial(in_a_process, run, name=name, epochs=epochs, **({"path": path} if run is on_ratings else {}))
            for name, run in RUNS.items()
        }
        as_written = {name: partial(job, epochs=1, workers=WORKERS) for name, job in jobs.items()}
        curves, written = (
            {name: Runs(found).first for name, found in interleaved(some).items()} for some in (jobs, as_written)
        )
    clocks, reached = {}, {}
    for path in solution_paths():
        with Clock() as clocks[path.stem]:
            reached |= executed(path)
    return told(curves, written, clocks, reached, epochs)


def told(curves, written, clocks, reached, epochs):
    """Return the Part: the `curves` of the original loops, those `written` with workers, the notebooks' `clocks`, and
    the errors that these `reached`.
    """
    ours_cpu, ours_wall = (sum(getattr(clock, kind) for clock in clocks.values()) for kind in ("cpu", "wall"))
    original = {name: curve.epoch() * EPOCHS for name, curve in curves.items()}
    original_wall, written_cpu, written_wall = (
        sum(curve.epoch(kind) for curve in some.values()) * EPOCHS
        for some, kind in ((curves, "wall"), (written, "cpu"), (written, "wall"))
    )
    total = sum(original.values())
    times = Table(
        "From start to end",
        ("what", "CPU s", "wall s"),
        [
            *((f"{name}, kernel start to end", clock.cpu, clock.wall) for name, clock in clocks.items()),
            ("all notebooks", ours_cpu, ours_wall),
            *(
                (f"original loop of {name}", original[name], curve.epoch("wall") * EPOCHS)
                for name, curve in curves.items()
            ),
            ("all original loops", total, original_wall),
            (f"the same as their text has them, with {WORKERS} workers", written_cpu, written_wall),
        ],
        (
            f"Of the {EPOCHS} epochs of the original loops, {epochs} were trained (one with workers) and their time "
            "multiplied; training alone, without start, data and pictures, which the notebooks' time holds. The "
            "notebooks also train two models that show what goes wrong, one without penalties, and one with other "
            "fakes.",
        ),
    )
    compared = [name for name in curves if name in reached]  # TextItem's error is another loss
    rows = [
        (
            name,
            reached[name]["val"],
            reached[name]["test"],
            curves[name].best(),
            curves[name].test,
            curves[name].epochs[-1],
        )
        for name in compared
    ]
    headings = ("model", "our validation", "our test", "original's validation", "original's test", "its epochs")
    notes = (f"Of the mean: validation {reached['the mean']['val']:.3f}, test {reached['the mean']['test']:.3f}.",)
    worse = [name for name in compared if reached[name]["val"] >= curves[name].best()]
    better = None if epochs < EPOCHS and not worse else not worse
    targets = [
        at_least("The whole session, faster than the original loops as written (CPU)", 30, written_cpu / ours_cpu),
        at_least("The same, if the original loops had no workers", 30, total / ours_cpu),
        Target(
            f"Better on validation than the original loops, every model (epochs that they ran: {epochs} of {EPOCHS})",
            f"{len(rows)} of {len(rows)}",
            f"{len(rows) - len(worse)} of {len(rows)}",
            better,
        ),
    ]
    return Part("The whole session", [times, Table("Errors", headings, rows, notes)], targets)
