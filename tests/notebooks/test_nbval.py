"""nbval re-runs the solutions; here, that it really notices when a solution has become worse."""

import json

import pytest

from authoring.notebooks import SOLUTIONS

pytestmark = pytest.mark.proof

REGRESSIONS = {
    "biases dropped": (
        "02_matrix_factorization",
        "out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)",
        "out = self.gmean + (embed_u * embed_i).sum(dim=1)",
    ),
    "a learning rate 100 times too large": (
        "02_matrix_factorization",
        "history = fit(koren, mf_step, train_loader, val_loader)",
        "history = fit(koren, mf_step, train_loader, val_loader, lr=1.0)",
    ),
    "a formula changed": (
        "02_matrix_factorization",
        "out = self.mean + (embed_u * embed_i).sum(dim=1)",
        "out = self.mean - (embed_u * embed_i).sum(dim=1)",
    ),
    "padding averaged in": (
        "03_ratings_from_text",
        'nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)',
        'nn.EmbeddingBag(dic_size, word_latent_size, mode="mean")',
    ),
    "normalised over the wrong dimension": (
        "04_predicting_text",
        "words = F.normalize(text_emb.weight[2:], dim=-1)    # (words, D), from the first real word on",
        "words = F.normalize(text_emb.weight[2:], dim=0)",
    ),
    "cosine over the words": (
        "04_predicting_text",
        "cosine = F.cosine_similarity(embed, self.text_emb(text), dim=-1)",
        "cosine = F.cosine_similarity(embed.expand(-1, text.shape[1], -1), self.text_emb(text), dim=1)",
    ),
    "fake words swapped with real": (
        "04_predicting_text",
        "close, far = F.logsigmoid(cosine[is_word]), F.logsigmoid(-fake_cosine[is_word])",
        "close, far = F.logsigmoid(fake_cosine[is_word]), F.logsigmoid(-cosine[is_word])",
    ),
    "text loss not linked": (
        "04_predicting_text",
        "loss = mse + text_weight * loss_func(close, far) + l2 * penalty",
        "loss = mse + l2 * penalty",
    ),
}


def nbval(run, path, *options, **environment):
    options = ("--nbval", "-q", "-p", "no:cacheprovider", *options)
    return run("pytest", *options, path, cwd=path.parent, check=False, **environment)


@pytest.mark.long
@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_planted_regression_is_found(run, tmp_path, name):
    notebook_name, right, wrong = REGRESSIONS[name]
    notebook = json.loads((SOLUTIONS / f"{notebook_name}.ipynb").read_text(encoding="utf-8"))
    planted = 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        planted += source.count(right)
        cell["source"] = source.replace(right, wrong)
    assert planted == 1
    path = tmp_path / "planted.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = nbval(run, path, "--exitfirst")
    assert done.returncode == 1, done.stdout
    assert "Notebook cell execution failed" in done.stdout
