"""What students are given contains no answer: neither the released notebooks nor the helpers and their checks.

A solution is looked for line by line, and so is what a line assigns, in one form of white space.
"""

import re

import pytest

from authoring.bundle import WHOLE
from authoring.notebooks import RELEASE, ROOT, read
from tests.kit.answer_bank import EXERCISES, solution
from tests.kit.mutants import REGION

LONG_ENOUGH = 12  # characters; less says nothing
GIVEN = {  # what stands in the solutions, and in what students are given too, and why it may
    "with torch.no_grad():": "how a weight is changed by hand, as notebook 1 teaches and errors explain",
    "users, items, reviews, ratings = batch": "how a batch is taken apart: a folded hint of Exercise 3.4",
    "nn.Embedding(nb_users, latent_size)": "how ClassicMF, which is given, makes its tables",
    "nn.Embedding(nb_items, latent_size)": "how ClassicMF, which is given, makes its tables",
    "self.users = nn.Embedding(nb_users, latent_size)": "how ClassicMF, which is given, makes its tables",
    "self.items = nn.Embedding(nb_items, latent_size)": "how ClassicMF, which is given, makes its tables",
    "zip(*batch, strict=True)": "how the stubs of 3.1 and 4.1 take a batch apart, once 1.3 is done",
    **dict.fromkeys(
        (
            "loss, error = step(model, batch)",
            "step(model, batch)",
            "if learning:",
            "optimizer.zero_grad()",
            "loss.backward()",
            "optimizer.step()",
        ),
        "the loop of helpers.training, for those who go on without their own; notebook 2 does it for one batch",
    ),
    "nn.Embedding(nb_users, 1)": "a folded hint of Exercise 2.3",
    "nn.Parameter(torch.full((1,), 3.0))": "how ClassicMF, which is given, makes its mean, and so does a fake model",
    "KorenMF(nb_users, nb_items, latent_size=16)": "how notebook 2 goes on, after the exercise, to start it elsewhere",
    "F.mse_loss(out, ratings)": "how mf_step, which is given, compares",
    "mse = F.mse_loss(out, ratings)": "how mf_step, which is given, compares",
    "model(users, items)": "how mf_step, which is given, asks a model",
    "self.text_emb.num_embeddings": "a folded hint of Exercise 4.2, which has four parts",
    "model.text_emb.weight.device": "where a model is: the text of Exercise 4.4, and its check's advice",
}


def in_one_form(text):
    """Return `text` without comments' gaps: each stretch of white space is one space."""
    return re.sub(r"\s+", " ", text)


def parts_of(exercise):
    """Return the lines of a solution, and what each assigns; without comments, and without what the stub says too."""
    lines = [line for region in REGION.findall(solution(exercise)) for line in region.splitlines()[1:-1]]
    lines = [in_one_form(re.sub(r"\s+#.*", "", line)).strip() for line in lines]
    parts = {part for line in lines for part in (line, line.split(" = ", 1)[-1])}
    stub = in_one_form(REGION.sub("", solution(exercise)))
    return {part for part in parts if len(part) >= LONG_ENOUGH and part not in stub}


@pytest.fixture(scope="module")
def given():
    """What students are given, by its place in the project."""
    files = [path for pattern in WHOLE for path in ROOT.glob(pattern) if path.suffix == ".py"]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    texts |= {path: "\n".join(cell.source for cell in read(path).cells) for path in sorted(RELEASE.glob("*.ipynb"))}
    assert len(texts) > 20
    return {str(path.relative_to(ROOT)): in_one_form(text) for path, text in texts.items()}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_nothing_that_students_are_given_contains_an_answer(exercise, given):
    found = {(part, path) for part in parts_of(exercise) for path, text in given.items() if part in text}
    assert {(part, path) for part, path in found if part not in GIVEN} == set()


def test_nothing_is_excused_that_is_not_there(given):
    everywhere = set().union(*map(parts_of, EXERCISES))
    assert {
        part for part in GIVEN if part not in everywhere or not any(part in text for text in given.values())
    } == set()


def test_nothing_that_students_are_given_reads_the_solutions(given):
    for path, text in given.items():
        assert "BEGIN SOLUTION" not in text, path
        if path.startswith(("helpers", "exercises")):
            assert not re.search(r"ipynb|nbformat|import authoring|from authoring|from grading|solutions/", text), path


def test_an_answer_would_be_found():
    check = "dots = (a  *  b).sum(dim=1)  # what is expected"
    assert any(part in in_one_form(check) for part in parts_of("row-dot"))
    assert all(parts_of(exercise) for exercise in EXERCISES)
