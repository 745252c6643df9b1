"""How much of a difference between two models is chance: the same trainings from several seeds."""

import statistics

import torch

from benchmarks.notebook_models import rating_models
from helpers.batches import rating_loaders
from helpers.data import load_data
from helpers.training import evaluate, fit


def seeds(nb_seeds=5):
    """Train ClassicMF and KorenMF of notebook 2 from `nb_seeds` seeds, and print validation errors and their spread."""
    data, models = load_data(), rating_models()
    mean_error = float(((data.val.ratings - data.mean) ** 2).mean())
    print(f"{'':10}" + "".join(f"  seed {seed}" for seed in range(nb_seeds)) + "    mean  spread  seconds to best")
    print(f"{'the mean':10}" + f"{mean_error:8.3f}" * nb_seeds + f"{mean_error:8.3f}")
    for name, mean in [("ClassicMF", "mean"), ("KorenMF", "gmean")]:
        errors, seconds = zip(*(train(models, name, mean, data, seed) for seed in range(nb_seeds)), strict=True)
        spread = max(errors) - min(errors)
        row = "".join(f"{error:8.3f}" for error in errors)
        print(f"{name:10}{row}{statistics.mean(errors):8.3f}{spread:8.3f}{max(seconds):17.2f}")


def train(models, name, mean, data, seed):
    """Train one model as notebook 2 does; return its validation error and the seconds until it reached it."""
    torch.manual_seed(seed)
    model = models[name](data.nb_users, data.nb_items, latent_size=16)
    with torch.no_grad():
        getattr(model, mean).fill_(data.mean)
    train_loader, val_loader, _ = rating_loaders(data, seed=seed)
    history = fit(model, models["mf_step"], train_loader, val_loader)
    to_best = history.seconds * (history.best_epoch + 1) / len(history.val)
    return evaluate(model, models["mf_step"], val_loader), to_best
