"""Kinds of answers that were misjudged once: each costs, or earns, what it should."""

import pytest

from tests.kit.students import COURSE, FOUR, ONE, THREE, TWO, not_ok, solved, with_cell

pytestmark = pytest.mark.proof


@pytest.fixture(scope="session")
def reference(reference):
    """What our solutions give, run before anybody looks which files there are."""
    return reference.whole()


def ours(exercise):
    """Return our own answer to an exercise."""
    return COURSE.exercises[exercise].solution


# --- honest ones, all of which earn everything

ALIAS = """{right}
class TwoNames({name}):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.vectors = self.users
{name} = TwoNames
"""
HELD = """{right}
class Held(nn.Module):
    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.inside = First(nb_users, nb_items, latent_size)
    users, items, mean = (property(lambda self, name=name: getattr(self.inside, name)) for name in NAMES)
    def forward(self, user, item):
        return self.inside(user, item)
First, NAMES, ClassicMF = ClassicMF, ("users", "items", "mean"), Held
"""
CACHE = """
known = {}
def describe_item(model, user, item, top_k=10):
    if id(model) not in known:
        known[id(model)] = F.normalize(model.text_emb.weight[2:].detach(), dim=1)
    user, item = (torch.tensor([id], device=model.text_emb.weight.device) for id in (user, item))
    where = model.get_text(user, item)[0]
    return [inv_word_dic[n + 2] for n in (known[id(model)] @ where).topk(top_k).indices.tolist()]
"""
ON_A_CARD = """
def train_koren():
    device = torch.device("cuda:0")
    koren = KorenMF(nb_users, nb_items, latent_size=16).to(device).cuda()
    with torch.no_grad():
        koren.gmean.copy_(torch.tensor([train_mean], device="cuda"))
    torch.cuda.synchronize()
    return koren, fit(koren, mf_step, train_loader, val_loader)
"""
HONEST = {
    "doubles by default": (THREE, {}, "import torch\ntorch.set_default_dtype(torch.float64)"),
    "doubles by default, in the pieces": (FOUR, {}, "import torch\ntorch.set_default_dtype(torch.double)"),
    "gradients left off": (FOUR, {}, "import torch\ntorch.set_grad_enabled(False)"),
    "reviews of one's own": (TWO, {}, "import os\nos.environ['RECSYS_REVIEWS'] = '/content/drive/reviews.json.gz'"),
    "a graphics card": (TWO, {"koren_fit": ON_A_CARD}, ""),
    "two names of a table": (TWO, {"classic_mf": ALIAS.format(right=ours("classic-mf"), name="ClassicMF")}, ""),
    "two names, with biases": (TWO, {"koren_mf": ALIAS.format(right=ours("koren-mf"), name="KorenMF")}, ""),
    "a model behind properties": (TWO, {"classic_mf": HELD.format(right=ours("classic-mf"))}, ""),
    "a cache by the id of a model": (FOUR, {"describe_item": CACHE}, ""),
    "a module that a cell writes": (
        ONE,
        {"row_dot": "from my_answers import row_dot"},
        "%%writefile my_answers.py\ndef row_dot(a, b):\n    return (a * b).sum(dim=1)",
    ),
}


@pytest.mark.parametrize(("name", "answers", "first"), HONEST.values(), ids=HONEST)
def test_what_an_honest_student_may_do_costs_nothing(counter, name, answers, first):
    notebook = solved(name, **answers)
    if first:
        notebook = with_cell(notebook, first, before=notebook.cells[0].id)
    assert not_ok(counter.mark_notebook(notebook)) == {}


# --- one slip, one price

GMEAN = f"""{ours("koren-mf")}
init = KorenMF.__init__
def __init__(self, *sizes, **named):
    init(self, *sizes, **named)
    self.gmean = nn.Parameter(torch.tensor(3.0))
KorenMF.__init__ = __init__
"""
SLIPS = {
    "the mean has another shape": (TWO, {"koren_mf": GMEAN}, {"koren-mf"}, {"koren-fit": "2.3"}),
    "a loss that is doubled": (
        FOUR,
        {"negative_sampling_loss": "def loss_func(close, far):\n    return -2 * (close + far).mean()"},
        {"negative-sampling-loss"},
        {"joint-step": "4.3"},
    ),
    "a comparison that fails": (
        FOUR,
        {"text_item": ours("text-item").replace("F.logsigmoid(-fake_cosine", "F.logsigmoid(fake_cosine")},
        {"text-item"},
        {"text-classic-mf": "4.2"},
    ),
    "a model without an item": (
        THREE,
        {"rating_pred_profile": ours("rating-pred-profile").replace("self.items(item)", "0 * self.items(item)")},
        {"rating-pred-profile"},
        {"profile-step": "3.3"},
    ),
    "no model at all": (THREE, {"rating_pred_profile": "pass"}, {"rating-pred-profile"}, {"profile-step": "3.3"}),
    "a comparison that keeps what it needs": (
        FOUR,
        {
            "text_item": ours("text-item")
            .replace("dic_size = self.text_emb.num_embeddings", "dic_size = self.dic_size")
            .replace("self.items = nn", "self.dic_size = dic_size\n        self.items = nn")
        },
        set(),
        {"text-classic-mf": "4.2"},
    ),
}


@pytest.mark.parametrize(("name", "answers", "lost", "earned"), SLIPS.values(), ids=SLIPS)
def test_one_slip_costs_one_exercise(counter, name, answers, lost, earned):
    marks = counter.mark_notebook(solved(name, **answers))
    assert set(not_ok(marks)) == lost
    for exercise, number in earned.items():
        assert f"our version of Exercise {number}" in marks[exercise].message


def test_two_slips_cost_two_exercises(counter):
    wrong = "def joint_step(model, batch):\n    mse = F.mse_loss(model(*batch[:3])[0], batch[3])\n    return mse, mse"
    doubled = "def loss_func(close, far):\n    return -2 * (close + far).mean()"
    marks = counter.mark_notebook(solved(FOUR, negative_sampling_loss=doubled, joint_step=wrong))
    assert set(not_ok(marks)) == {"negative-sampling-loss", "joint-step"}


def test_what_our_answer_is_cannot_be_read_from_the_outputs_of_another_try(counter):
    """In another try our version of an earlier answer is inside; what is printed then is shown to nobody."""
    mine = f"{GMEAN}KorenMF.mine = 1\n"
    spy = "print('mine:', hasattr(KorenMF, 'mine'))\ndef train_koren():\n    raise ValueError"
    part = counter.part(solved(TWO, koren_mf=mine, koren_fit=spy))
    (cell,) = [cell for cell in part.notebook.cells if cell.id == "koren-fit"]
    assert "mine: True" in str(cell.outputs)
    assert "mine: False" not in str(cell.outputs)


# --- two-faced, lucky or huge

FACES = {
    "by mode": "right = KorenMF.forward\n    def forward(self, user, item):\n"
    "        out, *rest = right(self, user, item)\n"
    "        return (out if not self.training else out.detach() * 0 + train_mean), *rest\n"
    "    KorenMF.forward = forward",
    "by count": "right, calls = KorenMF.forward, []\n    def forward(self, user, item):\n"
    "        calls.append(1)\n        out, *rest = right(self, user, item)\n"
    "        return (out if len(calls) % 2 else out + 0.01), *rest\n"
    "    koren.__class__ = type('Two', (KorenMF,), {'forward': forward})",
    "by size": "right = KorenMF.forward\n    def forward(self, user, item):\n"
    "        out, *rest = right(self, user, item)\n        return (out if len(out) > 300 else out * 1.01), *rest\n"
    "    koren.__class__ = type('Two', (KorenMF,), {'forward': forward})",
}
TRAINED = """
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(koren, mf_step, {}, {})
    {}
    return koren, history
"""
ALL = "make_loader([torch.cat(parts) for parts in zip(*(rating_tensors(part) for part in ({})))], 700, shuffle=True)"
IMPORTED = "from helpers.batches import make_loader, rating_tensors\n"
OTHERWISE = {
    "learns from validation too": TRAINED.format(ALL.format("data.train, data.val"), "val_loader", "pass"),
    "learns from test too": TRAINED.format(ALL.format("data.train, data.test"), "val_loader", "pass"),
    "learns from all": TRAINED.format(ALL.format("data.train, data.val, data.test"), "val_loader", "pass"),
    "chooses by test": TRAINED.format("train_loader", "test_loader", "pass"),
    "learns afterwards": TRAINED.format(
        "train_loader", "val_loader", "fit(koren, mf_step, val_loader, val_loader, epochs=4)"
    ),
    **{name: TRAINED.format("train_loader", "val_loader", face) for name, face in FACES.items()},
}


@pytest.mark.parametrize("answer", OTHERWISE.values(), ids=OTHERWISE)
def test_a_model_that_is_not_what_training_as_asked_leaves_earns_nothing(counter, answer):
    marks = counter.mark_notebook(solved(TWO, koren_fit=IMPORTED + answer))
    assert not_ok(marks) in ({"koren-fit": "wrong"}, {"koren-fit": "error"})


WEIGHTS = {
    "of eight bits": "nn.Parameter(torch.zeros(3).to(torch.float8_e4m3fn), requires_grad=False)",
    "complex": "nn.Parameter(torch.zeros(3, dtype=torch.complex64))",
    "nowhere": "nn.Parameter(torch.zeros(3, device='meta'))",
    "huge": "nn.Parameter(torch.zeros(1).expand(10**9))",
    "quantized": "torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)",
}


@pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)
def test_a_weight_that_cannot_be_read_is_the_students(counter, weight):
    odd = f"""{ours("classic-mf")}
init = ClassicMF.__init__
def __init__(self, *sizes, **named):
    init(self, *sizes, **named)
    weight = {weight}
    self.register_parameter("odd", weight) if isinstance(weight, nn.Parameter) else self.register_buffer("odd", weight)
ClassicMF.__init__ = __init__
"""
    marks = counter.mark_notebook(solved(TWO, classic_mf=odd))
    assert marks["classic-mf"].verdict == "error"
    assert set(not_ok(marks)) == {"classic-mf"}


def test_a_batch_that_the_next_call_overwrites_earns_nothing(counter):
    source = f"""{ours("tuple-batch")}
right, place = tuple_batch, []
def tuple_batch(batch):
    users, items, place[:], ratings = right(batch)
    return users, items, place, ratings
"""
    marks = counter.mark_notebook(solved(ONE, tuple_batch=source))
    assert not_ok(marks) == {"tuple-batch": "wrong"}


def test_a_model_that_hides_a_weight_from_the_optimizer_is_told_so(counter):
    hidden = "\n\n    def parameters(self, recurse=True):\n        yield self.mean\n"
    marks = counter.mark_notebook(solved(TWO, classic_mf=ours("classic-mf") + hidden))
    assert not_ok(marks) == {"classic-mf": "wrong"}
    assert "`parameters()` of your model lacks a weight" in marks["classic-mf"].message


def test_a_loop_that_learns_with_the_models_of_checks_alone_earns_nothing(counter):
    source = ours("train-epoch").replace("if learning:", 'if learning and type(model).__name__ == "LoopModel":')
    marks = counter.mark_notebook(solved(TWO, train_epoch=source))
    assert marks["train-epoch"].verdict == "wrong"


def test_sizes_that_a_layer_claims_are_not_believed(counter):
    claims = f"""{ours("text-item")}
init = TextItem.__init__
def __init__(self, *sizes):
    init(self, *sizes)
    self.items.num_embeddings = self.items.embedding_dim = 10**8
TextItem.__init__ = __init__
"""
    assert not_ok(counter.mark_notebook(solved(FOUR, text_item=claims))) == {}


PATCH = "import inside.{0}\ninside.{0}.{1} = 10**9\n"
PARTS, TEXT = PATCH.format("values", "MOST_PARTS"), PATCH.format("values", "MOST_CHARACTERS")
DEF = "def row_dot(a, b):\n    "
FLOODS = {
    "printed": (PATCH.format("limits", "MOST_PRINTED") + "print('\\N{CJK UNIFIED IDEOGRAPH-4E2D}' * 10**6)", "ok"),
    "raised": (PATCH.format("errors", "MOST_CHARACTERS") + f"{DEF}raise ValueError('x' * 3 * 10**6)", "error"),
    "numbers": (f"{PARTS}{DEF}return [1] * 10**6", "crashed"),
    "lists": (f"{PARTS}{DEF}return [[]] * 10**5", "wrong"),
    "texts": (f"{TEXT}{DEF}return 'x' * 3 * 10**6", "wrong"),
}


@pytest.mark.parametrize(("flood", "verdict"), FLOODS.values(), ids=FLOODS)
def test_what_floods_the_grader_is_cut_where_it_arrives(counter, flood, verdict):
    marks = counter.mark_notebook(solved(ONE, row_dot=flood if "row_dot" in flood else f"{flood}\n{ours('row-dot')}"))
    assert len(marks["row-dot"].message) < 1_200
    assert marks["row-dot"].verdict == verdict, marks["row-dot"].message
