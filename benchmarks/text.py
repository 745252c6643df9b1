"""The models that read reviews: ours, the original recipe, and scikit-learn's tf-idf with ridge regression."""

from functools import partial

import torch

from benchmarks.koren import curve_of
from benchmarks.measuring import Clock, Pausing, Runs, in_a_process, interleaved, median, memory
from benchmarks.notebook_models import cells
from benchmarks.original import EPOCHS, WORKERS, on_text
from benchmarks.report import Part, Table, Target, at_least, at_most, ratio
from benchmarks.ridge import PENALTIES, ridge
from helpers.batches import text_loaders
from helpers.training import evaluate, fit

SETUP = ("setup", "tuple-batch-text", "rating-pred", "rating-step", "rating-pred-profile")
CELLS = (*SETUP, "profile-penalty", "profile-step")
RIDGES = {
    "tf-idf": "tf-idf and ridge",
    "with biases": "tf-idf and ridge, with biases",
    "shares": "shares of words and ridge: the most of RatingPred",
}
STEPS = {"RatingPred": "rating_step", "RatingPredProfile": "profile_step"}
HEADINGS = (
    "model",
    "CPU to the ridge's error",
    "faster an epoch",
    "s to that error",
    "of it batches",
    "s an epoch",
    "validation",
    "test",
    "epochs",
    "peak MB",
    "of it in training",
)


def ours(name, threads=1, epochs=30):
    """Train a text model of notebook 3 as it does; return the Curve, and the CPU seconds of making batches."""
    notebook = cells("03_ratings_from_text", CELLS)
    data = notebook["load_data"](quiet=True)
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # the first one imports a third of torch: 1 s, not training
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    before = memory("VmRSS")
    with Clock() as making:
        train_loader, val_loader, test_loader = text_loaders(data, notebook["tuple_batch_text"])
    model, step = new_model(notebook, name, data), notebook[STEPS[name]]
    clock = Clock()
    val = Pausing(val_loader, clock)
    clock.start()
    history = fit(model, step, train_loader, val, epochs=epochs, lr=0.005, patience=3)
    curve = curve_of(history, val, evaluate(model, step, test_loader), before)
    return curve._asdict() | {"making": making.cpu}


def new_model(notebook, name, data):
    """Return a model of notebook 3 that starts as it does there, near the mean."""
    sizes = {"dic_size": data.dic_size, "word_latent_size": 16}
    if name == "RatingPredProfile":
        sizes = {"nb_users": data.nb_users, "nb_items": data.nb_items, "dic_size": data.dic_size, "latent_size": 16}
    model = notebook[name](**sizes)
    with torch.no_grad():
        model.text_emb.weight *= 0.1
        model.to_rating.bias.fill_(data.mean)
        if name == "RatingPredProfile":
            model.users.weight *= 0.01
            model.items.weight *= 0.01
    return model


def text(quick=False):
    """Measure the models of text; return the Part. `quick`: one repeat, one epoch of the original recipe."""
    jobs = {name: partial(in_a_process, ours, name=name) for name in STEPS} | {"ridge": partial(in_a_process, ridge)}
    results = interleaved(jobs, 1 if quick else 3)
    epochs = {"RatingPred": 1 if quick else EPOCHS, "RatingPredProfile": 1}
    original_jobs = {name: partial(in_a_process, on_text, name=name, epochs=epochs[name]) for name in STEPS}
    written_jobs = {name: partial(in_a_process, on_text, name=name, epochs=1, workers=WORKERS) for name in STEPS}
    ridges = results.pop("ridge")
    models, originals, written = (
        {name: Runs(found) for name, found in some.items()}
        for some in (results, interleaved(original_jobs), interleaved(written_jobs))
    )
    return told(models, originals, written, ridges)


def told(models, originals, written, ridges):
    """Return the Part: the Runs of our models, of the originals, and of these as `written`, with workers; and what
    `ridge` returned each time.
    """
    error, penalty = ridges[0]["tf-idf"]["val"], ridges[0]["tf-idf"]["penalty"]
    seconds = median(result["tf-idf"]["cpu"] for result in ridges)
    rows = []
    for name, runs in models.items():
        original = originals[name]
        rows += [
            row(f"{name}, the notebook's", runs, error, seconds, original),
            row(f"{name}, original recipe", original, error, seconds, original),
            row(f"the same, with the {WORKERS} workers of its text", written[name], error, seconds, original),
        ]
    rows += [ridge_row(kind, [result[kind] for result in ridges], ridges, seconds) for kind in RIDGES]
    ran = " and ".join(f"{name} ran {runs.first.epochs[-1]}" for name, runs in originals.items())
    notes = (
        f"The ridge's error is {error:.3f}, without biases, its penalty ({penalty:g}) being the best of "
        f"{len(PENALTIES['tf-idf'])} on validation; its seconds are those of that penalty alone. CPU seconds, one "
        "thread, encoded reviews in memory.",
        "RatingPred averages the vectors of a review's words, so what it says is linear in their shares, whatever its "
        "training: the last row is what a ridge on these shares comes to. Tf-idf lets words of long reviews say more.",
        "Making batches is counted where it is done once for all epochs; the original recipe makes them in every epoch."
        f" Of its {EPOCHS} epochs, {ran}.",
    )
    table = Table("Side by side", HEADINGS, rows, notes)
    return Part(
        "Models of text",
        [table],
        targets(*(some["RatingPred"] for some in (models, originals, written)), error, seconds),
    )


def targets(runs, original, written, error, seconds):
    """Return what RatingPred is to reach."""
    ran, (ours, theirs) = original.first.epochs[-1], (curve.first.best() for curve in (runs, original))
    what, taken = "RatingPred to the ridge's error: CPU of the ridge's", to_error(runs, error)
    return [
        at_least(
            "RatingPred, an epoch, faster than the original recipe as written", 15, written.epoch() / runs.epoch()
        ),
        at_least("The same, if the original recipe had no workers", 15, original.epoch() / runs.epoch()),
        Target(
            f"RatingPred: no worse on validation than the original recipe (epochs that it ran: {ran} of {EPOCHS})",
            f"at most {theirs:.3f}",
            f"{ours:.3f}",
            None if ran < EPOCHS else ours <= theirs,
        ),
        at_most(what, 2, taken / seconds)
        if taken
        else Target(what, "at most 2 ×", f"not reached: {ours:.3f}, the ridge {error:.3f}", False),
    ]


def to_error(runs, error):
    """Return the CPU seconds to a validation error, with those of making batches; None: never."""
    training = runs.seconds_to(error)
    return None if training is None else training + (runs.of("making") or 0)


def row(name, runs, error, seconds, original):
    """Return the row of a model that trains in epochs; `seconds`: what the ridge takes to `error`."""
    taken, curve = to_error(runs, error), runs.first
    return (
        *(name, ratio(taken, seconds), original.epoch() / runs.epoch(), taken, runs.of("making"), runs.epoch()),
        *(curve.best(), curve.test, curve.best_epoch(), runs.of("peak"), runs.of("added")),
    )


def ridge_row(kind, found, ridges, seconds):
    """Return the row of a ridge."""
    taken, making = (median(result[key] for result in found) for key in ("cpu", "making"))
    memories = (median(result[key] for result in ridges) for key in ("peak", "added"))
    return (
        *(RIDGES[kind], taken / seconds, None, taken, making, None, found[0]["val"], found[0]["test"], None, *memories),
    )
