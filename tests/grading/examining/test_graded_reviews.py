"""The reviews that submissions are graded on: what a sandbox sees tells nothing of what it does not see."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from exercises.hidden import hidden_tests
from exercises.kit.given.refusals import Wrong
from grading.examining.graded_reviews import NB_ITEMS, NB_USERS, GradedReviews, read
from grading.seeds import seed as seed_of
from helpers.batches import make_loader, rating_loaders, rating_tensors
from helpers.reviews import Reviews
from helpers.training import fit
from tests.kit import answer_bank

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)

PARTS = ("reviewerID", "asin", "overall")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return GradedReviews(tmp_path_factory.mktemp("graded"), seed=2**200 + 7)


def seed_in_codes(asins):
    """Return the seed that the first of the items' codes tells, as anybody can who has read the generator."""
    size = 36**8
    step = size * 618 // 1000 // 6 * 6 + 1
    numbers = {int(asin[:1:-1], 36) for asin in asins}
    return min(number * pow(step, -1, size) % size for number in numbers) - 1


def test_the_codes_of_users_and_items_do_not_tell_the_seed_of_any_rating(graded, tmp_path):
    """The codes are linear in their seed. It can be told from them, and it foretells no rating."""
    reviews = read(graded.path)
    found = seed_in_codes({review["asin"] for review in reviews})
    assert found % 36**8 == seed_of(graded.key, "reviews") % 36**8  # so the attack is a real one
    data = SimpleNamespace(
        users=sorted({review["reviewerID"] for review in reviews}), items=sorted({review["asin"] for review in reviews})
    )
    users, items = np.arange(NB_USERS) % len(data.users), np.arange(NB_USERS) % len(data.items)
    data.val = SimpleNamespace(users=users, items=items, ratings=np.zeros(NB_USERS))
    data.nb_users, data.nb_items, data.train = NB_USERS, NB_ITEMS, None
    unseen = graded.unseen(data).val.ratings
    for guess in (found, seed_of(graded.key, "reviews")):
        forged = GradedReviews.__new__(GradedReviews)
        forged.key = guess.to_bytes(32, "big")
        forged._draw(reviews)
        assert (forged.unseen(data).val.ratings == unseen).mean() < 0.5
        for suffix in ([], [0], [1], [2]):
            drawn = np.random.default_rng([guess, *suffix]).normal(0, 1, len(unseen))
            assert abs(np.corrcoef(drawn, unseen)[0, 1]) < 0.25


def test_the_folder_tells_nothing_of_the_seed(graded):
    name = graded.path.parent.name
    assert len(name) == 16
    assert name not in graded.key.hex()


@pytest.mark.proof
def test_the_same_seed_gives_the_same_reviews_and_another_seed_others(graded, tmp_path):
    again, other = GradedReviews(tmp_path, 2**200 + 7), GradedReviews(tmp_path, 2**200 + 8)
    assert again.path.read_bytes() == graded.path.read_bytes() != other.path.read_bytes()
    assert again.tastes == graded.tastes != other.tastes


# --- what training leaves in a model


def world(graded):
    """Return the data as `load_data` gives them for the graded reviews, without words."""
    from helpers.reviews import split_reviews

    reviews = read(graded.path)
    users, items = (sorted({review[key] for review in reviews}) for key in PARTS[:2])
    columns = [
        np.array([numbers[review[key]] for review in reviews])
        for key, numbers in zip(PARTS, (ids(users), ids(items), Same()), strict=True)
    ]
    parts = []
    for part in split_reviews(range(len(reviews)), 0):
        one = [column[part] for column in columns]
        parts.append(Reviews(one[0], one[1], one[2].astype(np.float32), [], np.zeros(len(part) + 1)))
    train, val, test = parts
    mean = float(train.ratings.mean())
    return SimpleNamespace(
        users=users, items=items, nb_users=len(users), nb_items=len(items), train=train, val=val, test=test, mean=mean
    )


def ids(names):
    """Return the position of each name."""
    return {name: number for number, name in enumerate(names)}


class Same(dict):
    """Each key is its own value."""

    def __missing__(self, key):
        return key


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """The models and the step of notebook 2, as our solutions have them."""
    found = answer_bank.run_answer("koren-fit", answer_bank.solution("koren-fit"))
    return {name: found[name] for name in ("KorenMF", "mf_step", "ClassicMF")}


def joined(*parts):
    """Return several parts of the reviews as one."""
    columns = [np.concatenate([getattr(part, of) for part in parts]) for of in ("users", "items", "ratings")]
    return Reviews(*columns, [], np.zeros(sum(map(len, parts)) + 1))


def trained(data, names, kind, seed):
    """Return a KorenMF, trained in one way or another."""
    torch.manual_seed(seed)
    koren, (train, val, test) = names["KorenMF"](data.nb_users, data.nb_items, 16), rating_loaders(data)
    with torch.no_grad():
        koren.gmean.fill_(data.mean)
    together = {"train and val": [data.train, data.val], "train and test": [data.train, data.test]}
    together["all"] = [data.train, data.val, data.test]
    if kind in together:
        tensors = rating_tensors(joined(*together[kind]))
        train = make_loader(tensors, len(tensors[0]) // 16 + 1, shuffle=True)
    if kind == "averages":
        return averages(koren, data)
    learned, chosen = {"chosen by test": (train, test), "val": (val, val)}.get(kind, (train, val))
    options = {"slow": {"lr": 0.005, "epochs": 90}, "quick": {"lr": 0.03}}.get(kind, {})
    fit(koren, names["mf_step"], learned, chosen, **options)
    return koren


def averages(koren, data):
    """Write averages of the ratings in as biases, without any training."""
    users, items, ratings = data.train.users, data.train.items, data.train.ratings - data.mean
    with torch.no_grad():
        for weight, of in [(koren.umean.weight, users), (koren.imean.weight, items)]:
            sums, counts = (np.bincount(of, by, minlength=len(weight)) for by in (ratings, np.ones(len(of))))
            weight[:, 0] = torch.tensor(sums / (counts + 1.5) / 1.5)
    return koren


def refused(data, names, graded, koren, honest):
    """Return why the hidden test refuses a model, "" if it does not."""
    unseen = graded.unseen(data)
    torch.manual_seed(0)
    classic, (train, val, _) = names["ClassicMF"](data.nb_users, data.nb_items, 16), rating_loaders(data)
    with torch.no_grad():
        classic.mean.fill_(data.mean)
    fit(classic, names["mf_step"], train, val)
    with torch.no_grad():
        out = classic(torch.as_tensor(unseen.val.users), torch.as_tensor(unseen.val.items))[0]
    errors = {"ClassicMF": float((out - torch.as_tensor(unseen.val.ratings)).square().mean())}
    reference = SimpleNamespace(unseen=unseen, evidence=graded.evidence(data), unseen_errors=errors)
    import random

    try:
        hidden_tests()["koren-fit"].run(koren, honest, random.Random(0), reference)
    except Wrong as wrong:
        return str(wrong)
    return ""


DISHONEST = ["train and val", "train and test", "all", "val", "chosen by test", "averages"]


@pytest.mark.proof
@pytest.mark.parametrize("kind", DISHONEST)
def test_a_model_that_was_trained_otherwise_than_asked_is_refused(graded, names, kind):
    data = world(graded)
    honest = trained(data, names, "honest", seed=0)
    assert refused(data, names, graded, trained(data, names, kind, seed=1), honest)


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["honest", "slow", "quick"])
def test_an_honest_model_is_not_refused(graded, names, kind):
    data = world(graded)
    honest = trained(data, names, "honest", seed=0)
    assert refused(data, names, graded, trained(data, names, kind, seed=1), honest) == ""


@pytest.mark.long
def test_no_honest_model_of_many_seeds_is_refused_and_no_other_accepted(tmp_path, names):
    for seed in range(200):
        graded = GradedReviews(tmp_path, seed)
        data = world(graded)
        honest = trained(data, names, "honest", seed=seed + 1000)
        assert refused(data, names, graded, trained(data, names, "honest", seed), honest) == "", seed
        kind = DISHONEST[seed % len(DISHONEST)]
        assert refused(data, names, graded, trained(data, names, kind, seed), honest), (seed, kind)
