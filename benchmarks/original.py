"""The session's original loops, written out as its text has them, to measure ours beside them.

They are written in the text's own way: batches of 16 from a DataLoader that looks names up and collates Python lists in
every epoch, SGD for the models of ratings and Adam for those of text, learning rate 0.01, 50 epochs, a penalty of L2
norms on all that `forward` returns beside the prediction. The marks "repaired" say what had to be changed for them to
run, or to learn what they are said to learn. Where the text may be read in two ways, the faster one stands here.
"""

import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import SGD, Adam
from torch.utils.data import DataLoader

from benchmarks.measuring import Clock, Curve, memory
from benchmarks.ratings import Ratings
from helpers.data import load_data
from helpers.reviews import UNKNOWN
from helpers.vocabulary import drop_common_words

BATCH, LR, EPOCHS, L2, LATENT = 16, 0.01, 50, 0.0005, 50
WORKERS = 3  # processes that make the batches, started anew in each epoch
PIECE = 5  # words of a review that the models of notebook 4 see at a time


class ClassicMF(nn.Module):
    """A mean and a dot product."""

    def __init__(self, nb_users, nb_items, latent_size=LATENT):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        nn.init.normal_(self.users.weight, 0, 0.1)
        nn.init.normal_(self.items.weight, 0, 0.1)

    def forward(self, user, item):
        """Return the prediction, and all that the penalty is taken of."""
        embed_u, embed_i = self.users(user).squeeze(1), self.items(item).squeeze(1)
        return self.mean + (embed_u * embed_i).sum(1), embed_u, embed_i, self.mean


class KorenMF(nn.Module):
    """A mean, biases, and a dot product; where they start is the text's choice, if nothing else is said."""

    def __init__(self, nb_users, nb_items, latent_size=LATENT, mean=3.0, centre=0.5, spread=1.0):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.umean = nn.Embedding(nb_users, 1)
        self.imean = nn.Embedding(nb_items, 1)
        self.gmean = nn.Parameter(torch.full((1,), mean))
        nn.init.normal_(self.users.weight, 0, 0.1)
        nn.init.normal_(self.items.weight, 0, 0.1)
        nn.init.normal_(self.umean.weight, centre, spread)
        nn.init.normal_(self.imean.weight, centre, spread)

    def forward(self, user, item):
        """Return the prediction, and all that the penalty is taken of."""
        embed_u, embed_i = self.users(user).squeeze(1), self.items(item).squeeze(1)
        umean, imean = self.umean(user).squeeze(), self.imean(item).squeeze()
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(1)
        return out, embed_u, embed_i, umean, imean, self.gmean


class RatingPred(nn.Module):
    """A rating from the mean of its words' vectors."""

    def __init__(self, dic_size, latent_size=LATENT):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, latent_size, padding_idx=0)  # repaired: padding was averaged in
        self.to_rating = nn.Linear(latent_size, 1)

    def forward(self, user, item, text):
        """Return the prediction or the loss of the words, and all that the penalty is taken of."""
        return self.to_rating(self.text_emb(text)).squeeze(1), torch.zeros(1)


class RatingPredProfile(nn.Module):
    """A rating from user, item and words."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size=LATENT):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.EmbeddingBag(dic_size, latent_size, padding_idx=0)  # repaired, as above
        self.to_rating = nn.Linear(3 * latent_size, 1)

    def forward(self, user, item, text):
        """Return the prediction or the loss of the words, and all that the penalty is taken of."""
        embed_u, embed_i = self.users(user).squeeze(1), self.items(item).squeeze(1)
        profile = torch.cat([embed_u, embed_i, self.text_emb(text)], 1)
        return self.to_rating(profile).squeeze(1), embed_u, embed_i


class TextItem(nn.Module):
    """An item is near the words that are said about it, and far from words drawn at random."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size=LATENT):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)

    def forward(self, user, item, text):
        """Return the prediction or the loss of the words, and all that the penalty is taken of."""
        return text_loss(self.text_emb, self.items(item), text)


class TextClassicMF(ClassicMF):
    """ClassicMF whose item vectors also say which words are near."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size=LATENT):
        super().__init__(nb_users, nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)
        self.to_text = nn.Linear(latent_size, latent_size)

    def forward(self, user, item, text):
        """Return the prediction or the loss of the words, and all that the penalty is taken of."""
        out, embed_u, embed_i, mean = super().forward(user, item)
        return out, text_loss(self.text_emb, self.to_text(embed_i).unsqueeze(1), text), embed_u, embed_i, mean


def text_loss(text_emb, embed_i, text):
    """Return the negative-sampling loss of each word, (N,)."""
    fake = torch.randint(2, text_emb.num_embeddings, text.shape)  # repaired: the ids start at 2
    embed_i = F.normalize(embed_i, 2, -1)  # repaired, here and below: it was normalised over the words
    close = (F.normalize(text_emb(text), 2, -1) * embed_i).sum(2)
    far = (F.normalize(text_emb(fake), 2, -1) * embed_i).sum(2)
    return -(F.logsigmoid(close) + F.logsigmoid(-far))[text != 0]


# --- batches


class Dictionaries:
    """The ids of users, items and words, looked up in every batch of every epoch; the batches are made by its methods.

    Rows hold names, as a file does: (user, item, words, rating).
    """

    def __init__(self, data):
        self.users, self.items, self.words = (
            {str(n): n for n in range(count)}
            for count in (data.nb_users, data.nb_items, getattr(data, "dic_size", UNKNOWN + 1))
        )

    def tuple_batch(self, batch):
        """Collate reviews for the models of ratings: users (B, 1), items (B, 1), nothing, ratings (B,)."""
        users, items, _, ratings = zip(*batch, strict=True)
        users = torch.LongTensor([self.users[user] for user in users]).unsqueeze(1)
        items = torch.LongTensor([self.items[item] for item in items]).unsqueeze(1)
        return users, items, None, torch.FloatTensor(ratings)

    def tuple_batch_text(self, batch):
        """Collate reviews with all their words, (B, L)."""
        users, items, _, ratings = self.tuple_batch(batch)
        longest = max(len(words) for _, _, words, _ in batch)
        reviews = [self.ids(words) + [0] * (longest - len(words)) for _, _, words, _ in batch]
        return users, items, torch.LongTensor(reviews), ratings

    def tuple_batch_piece_text(self, batch):
        """Collate reviews with some words each, drawn at random, (B, PIECE)."""
        users, items, _, ratings = self.tuple_batch(batch)
        pieces = [random.sample(words, min(PIECE, len(words))) for _, _, words, _ in batch]
        reviews = [self.ids(piece) + [0] * (PIECE - len(piece)) for piece in pieces]
        return users, items, torch.LongTensor(reviews), ratings

    def ids(self, words):
        """Return the ids of words."""
        return [self.words.get(word, UNKNOWN) for word in words]


# --- losses: what is minimised, and the batch's summed squared error (of TextItem: the summed loss of its reviews)


def norms(tensors):
    """Return the text's penalty: norms, not squares."""
    return L2 * sum(torch.norm(tensor) for tensor in tensors)


def rating_loss(model, batch):
    """Loss and error of ClassicMF and KorenMF: the sum over the batch."""
    users, items, _, ratings = batch
    out, *others = model(users, items)
    squared = F.mse_loss(out, ratings, reduction="sum")
    return squared + norms(others), squared


def text_rating_loss(model, batch):
    """Loss and error of RatingPred and RatingPredProfile: the mean over the batch."""
    users, items, reviews, ratings = batch
    out, *others = model(users, items, reviews)
    squared = F.mse_loss(out, ratings)
    return squared + norms(others), squared * len(ratings)


def item_loss(model, batch):
    """Loss and error of TextItem."""
    users, items, reviews, ratings = batch
    loss = model(users, items, reviews).mean()
    return loss, loss * len(ratings)


def joint_loss(model, batch):
    """Loss and error of TextClassicMF."""
    users, items, reviews, ratings = batch
    out, text, *others = model(users, items, reviews)
    squared = F.mse_loss(out, ratings)
    return squared + text.mean() + norms(others), squared * len(ratings)  # repaired: the text's loss was penalised


MODELS = {  # name -> model, loss, the method of Dictionaries that collates, optimiser
    "ClassicMF": (ClassicMF, rating_loss, "tuple_batch", SGD),
    "KorenMF": (KorenMF, rating_loss, "tuple_batch", SGD),
    "RatingPred": (RatingPred, text_rating_loss, "tuple_batch_text", Adam),
    "RatingPredProfile": (RatingPredProfile, text_rating_loss, "tuple_batch_text", Adam),
    "TextItem": (TextItem, item_loss, "tuple_batch_piece_text", Adam),
    "TextClassicMF": (TextClassicMF, joint_loss, "tuple_batch_piece_text", Adam),
}


# --- the loop


def train(name, data, epochs=EPOCHS, workers=0, **options):
    """Train the model called `name` on the ReviewData or Ratings; return the Curve of training alone.

    workers: WORKERS in the text. Without them it is faster, so that is what is measured unless they are asked for.
    options: the model's own, beside its sizes.
    """
    kind, loss_of, collate, optimizer = MODELS[name]
    collate = getattr(Dictionaries(data), collate)
    torch.manual_seed(0)
    random.seed(0)
    sizes = [data.dic_size] if name == "RatingPred" else [data.nb_users, data.nb_items]
    sizes += [data.dic_size] if name in ("RatingPredProfile", "TextItem", "TextClassicMF") else []
    model = kind(*sizes, **options)
    train_set, val_set, test_set = (as_rows(part) for part in (data.train, data.val, data.test))
    train_loader = DataLoader(train_set, BATCH, shuffle=True, collate_fn=collate, num_workers=workers)
    optimizer = optimizer(model.parameters(), lr=LR)
    before, clock, curve, tests = memory("VmRSS"), Clock(), ([], [], [], []), []
    for epoch in range(1, epochs + 1):
        with clock:
            for batch in train_loader:
                loss, _ = loss_of(model, batch)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        val, test = (
            error_on(model, loss_of, DataLoader(part, 512, collate_fn=collate)) for part in (val_set, test_set)
        )
        for values, value in zip(curve, (epoch, clock.cpu, clock.wall, val), strict=True):
            values.append(value)
        tests.append(test)
    return Curve(*curve, tests[curve[-1].index(min(curve[-1]))], memory() - before)


def as_rows(reviews):
    """Return encoded reviews as the text has them, a list of tuples of names."""
    return [(str(user), str(item), [str(word) for word in words], rating) for user, item, words, rating in reviews]


def error_on(model, loss_of, loader):
    """Return the mean error of a review. Repaired: gradients were built, and the test error was looked at."""
    with torch.no_grad():
        errors = [(loss_of(model, batch)[1].item(), len(batch[-1])) for batch in loader]
    total, count = map(sum, zip(*errors, strict=True))
    return total / count


def on_ratings(path, threads=1, **options):
    """Train a model of ratings on those at `path`; return the Curve."""
    torch.set_num_threads(threads)
    return train(data=Ratings.load(path), **options)


def on_text(threads=1, **options):
    """Train a model of words on the reviews that the notebooks would read; return the Curve."""
    torch.set_num_threads(threads)
    return train(data=load_data(quiet=True), **options)


def on_rare_words(threads=1, **options):
    """Train a model of notebook 4 on its words; return the Curve."""
    torch.set_num_threads(threads)
    data = drop_common_words(load_data(max_words=11_000, quiet=True), nb_common=1_000, quiet=True)
    return train(data=data, **options)
