"""How much sense the words of notebook 4 make, measured: its own cells are run, and its models asked."""

import torch

from benchmarks.notebook_models import cells
from helpers.generated import read_truth
from helpers.noise import auc, word_cosines

CELLS = (
    *("setup", "load", "tuple-batch-piece-text", "loaders", "text-item", "negative-sampling-loss", "item-step"),
    *("train-item", "get-most-similar", "describe-item", "noise-train"),
    *("text-classic-mf", "joint-weights", "joint-step", "train-joint"),
)
MODELS = {"uniform fakes": "text_item", "fakes by frequency": "against_frequent", "TextClassicMF": "joint"}


def words(nb_items=100):
    """Train the word models of notebook 4; print AUC, share of topic words where known, and nearest words."""
    notebook = cells("04_predicting_text", CELLS)
    data, describe = notebook["data"], notebook["describe_item"]
    counts = torch.bincount(torch.as_tensor(data.train.items), minlength=data.nb_items)
    most_reviewed = counts.argsort(descending=True, stable=True)[:nb_items].tolist()
    noise = torch.from_numpy(data.train.words).long()
    print(f"\n{'':20}  AUC (chance 0.5)  own words among the 10 nearest, {nb_items} most reviewed items")
    for name, variable in MODELS.items():
        model = notebook[variable]
        share = topic_share(data, describe, model, most_reviewed) if data.generated else None
        print(f"{name:20}{auc(*word_cosines(model, data.test, noise)):18.3f}  {share or 'unknown: real reviews'}")
    for item in most_reviewed[:10]:
        print(f"\n{counts[item]} reviews")
        for name, variable in MODELS.items():
            print(f"  {name:20}", *describe(notebook[variable], 0, item))


def topic_share(data, describe, model, items):
    """Return in words how many of the items' nearest words are words of their own topics, by the generator's truth."""
    topic_words = read_truth(data.path).topic_words
    own = [word in topic_words[data.items[item]] for item in items for word in describe(model, 0, item)]
    return f"{10 * sum(own) / len(own):.1f} of 10"
