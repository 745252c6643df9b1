"""What the models reached: a table on the screen, and a file that carries it on to the last notebook."""

import json

from helpers.reviews import DATASET

PARTS = ("train", "val", "test")


def of_constant(data, constant):
    """Return the errors of always answering `constant` on the parts of `data`, as one row of results."""
    errors = {part: float(((getattr(data, part).ratings - constant) ** 2).mean()) for part in PARTS}
    return errors | {"seconds": 0.0}


def show(results):
    """Print a table of `results`: model -> {"train", "val", "test": mean squared errors, "seconds": of training}.

    Held-out errors have two decimals: on another machine, or from another seed, a training ends a hundredth elsewhere.
    Training errors have one, since the best epoch moves from run to run, and they fall all the time.
    """
    width = max(map(len, results)) + 2
    print(" " * width + "".join(f"{part:>8}" for part in PARTS) + "  seconds")
    for name, row in results.items():
        print(f"{name:{width}}{row['train']:8.1f}{row['val']:8.2f}{row['test']:8.2f}{row['seconds']:9.1f}")


def keep(results, data, notebook):
    """Keep `results` of one notebook, for these reviews and this fold, beside the reviews; say so if that fails."""
    path = results_path(data, notebook)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(results, indent=1), encoding="utf-8")
    except OSError as error:
        print(f"These results are not kept for notebook 4: {path.parent} cannot be written ({error.strerror}).")


def kept(data, notebooks=(2, 3)):
    """Return the results that earlier notebooks kept for these reviews and this fold, and say which are missing."""
    results = {}
    for notebook in notebooks:
        path = results_path(data, notebook)
        try:
            results |= json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            print(f"Nothing is known of the models of notebook {notebook}: run it to its end, then this cell again.")
    return results


def results_path(data, notebook):
    """Return where the results of a notebook on these reviews are kept."""
    return DATASET / "results" / f"{data.path.name.removesuffix('.json.gz')}_fold{data.fold}_notebook{notebook}.json"
