"""The grader's trials: they refuse answers that are right for the sizes of the check alone, and no right ones."""

from textwrap import dedent
from types import SimpleNamespace

import answer_bank
import pytest
import torch
from answer_bank import answers, run_answer, run_cell, set_up, solution

from grading.course import Course
from grading.examining.examiners import EXAMINERS
from grading.examining.reference import Reference

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)

REFERENCE = SimpleNamespace(names={"04_predicting_text": set_up("describe-item")})
BY_HEART = {  # answers that follow our own, in the names that our own leaves
    "row-dot": [
        """
        def row_dot(a, b):
            dots = (a * b).sum(dim=1)
            return dots if a.shape in {(3, 2), (5, 4), (1, 3), (6, 1), (1, 1)} else 0 * dots
        """,
        """
        def row_dot(a, b):
            return (a[:, :4] * b[:, :4]).sum(dim=1)
        """,
    ],
    "classic-mf": [
        """
        class ClassicMF(ClassicMF):
            def forward(self, user, item):
                out, *others = super().forward(user, item)
                return out * (self.users.num_embeddings in (3, 4, 50)), *others
        """,
        """
        class ClassicMF(ClassicMF):
            def forward(self, user, item):
                return super().forward(user, item) if len(user) <= 6 else (torch.zeros(6), torch.zeros(6))
        """,
    ],
    "koren-mf": [
        """
        class KorenMF(KorenMF):
            def forward(self, user, item):
                *others, gmean = super().forward(user, item)
                return *others, gmean if self.users.num_embeddings in (3, 4, 50) else gmean + 1
        """,
        """
        class KorenMF(KorenMF):
            def __init__(self, nb_users, nb_items, latent_size):
                super().__init__(min(nb_users, 50), nb_items, min(latent_size, 4) if nb_users < 50 else latent_size)
        """,
    ],
    "tuple-batch-text": [
        """
        def tuple_batch_text(batch, ours=tuple_batch_text):
            return ours([review._replace(words=review.words[:30]) for review in batch])
        """,
        """
        def tuple_batch_text(batch, ours=tuple_batch_text):
            return ours(batch[:7])
        """,
    ],
    "rating-pred": [
        """
        class RatingPred(RatingPred):
            def forward(self, text):
                return super().forward(text[:, :6])
        """,
        """
        class RatingPred(RatingPred):
            def forward(self, text):
                return super().forward(text) * (self.text_emb.num_embeddings == 9)
        """,
    ],
    "rating-pred-profile": [
        """
        class RatingPredProfile(RatingPredProfile):
            def forward(self, user, item, text):
                return super().forward(user.clamp(max=3), item.clamp(max=6), text)
        """,
    ],
    "profile-step": [
        """
        def profile_step(model, batch, ours=profile_step):
            loss, mse = ours(model, batch)
            return loss, mse if len(batch[0]) <= 6 else mse + 1
        """,
    ],
    "tuple-batch-piece-text": [
        """
        def tuple_batch_piece_text(batch, max_len=5, ours=tuple_batch_piece_text):
            return ours(batch, max_len if max_len in (1, 3, 4, 5, 12) else 5)
        """,
        """
        def tuple_batch_piece_text(batch, max_len=5, ours=tuple_batch_piece_text):
            return ours([review._replace(words=review.words[:12]) for review in batch], max_len)
        """,
    ],
    "text-item": [
        """
        class TextItem(TextItem):
            def compare(self, embed, text):
                words = self.text_emb(torch.randint_like(text, 2, 12)), self.text_emb(text)
                far, close = (F.cosine_similarity(embed[:, None], word, dim=-1)[text != 0] for word in words)
                return F.logsigmoid(close), F.logsigmoid(-far)
        """,
        """
        class TextItem(TextItem):
            def forward(self, item, text):
                embed_i, close, far = super().forward(item, text)
                return embed_i, close, far if self.text_emb.num_embeddings == 12 else 0 * far
        """,
        """
        class TextItem(TextItem):
            def get_text(self, user, item):
                return self.items(item.flatten()[:4])
        """,
    ],
    "negative-sampling-loss": [
        """
        def loss_func(close, far):
            return -(close + far)[:40].mean()
        """,
    ],
    "describe-item": [
        """
        def describe_item(model, user, item, top_k=10, ours=describe_item):
            return ours(model, user, item, min(top_k, 10))
        """,
        """
        def describe_item(model, user, item, top_k=10, ours=describe_item):
            return ours(model, user, {2: 1, 0: 3, 3: 2, 1: 0}[user], top_k)
        """,
    ],
    "text-classic-mf": [
        """
        class TextClassicMF(TextClassicMF):
            def forward(self, user, item, text):
                out, *others = super().forward(user, item, text)
                return out * (self.users.num_embeddings == 5), *others
        """,
        """
        class TextClassicMF(TextClassicMF):
            def compare(self, embed, text):
                close, far = super().compare(embed, text)
                return (close, far) if self.text_emb.num_embeddings == 12 else (close, close)
        """,
    ],
    "joint-step": [
        """
        def joint_step(model, batch, ours=joint_step):
            global text_weight
            text_weight = 3.0 if len(batch[0]) <= 5 else 1.0
            return ours(model, batch)
        """,
    ],
}


def examine(exercise, answer, seed, **changed):
    """Return the verdict on an answer that is here, and not in a sandbox."""
    names = run_answer(exercise, solution(exercise))
    return EXAMINERS[exercise]._replace(**changed).verdict(answer, names, REFERENCE, seed)


@pytest.mark.parametrize(
    ("exercise", "source"),
    [pytest.param(exercise, dedent(source), id=exercise) for exercise in BY_HEART for source in BY_HEART[exercise]],
)
def test_what_is_right_for_the_sizes_of_the_check_alone_is_refused(exercise, source):
    names = run_answer(exercise, solution(exercise))
    run_cell(source, names)
    answer = names[EXAMINERS[exercise].answer]
    assert examine(exercise, answer, seed=1, rounds=0).verdict == "ok"
    assert [examine(exercise, answer, seed).verdict for seed in range(5)] == ["wrong"] * 5


@pytest.mark.parametrize("exercise", BY_HEART)
def test_no_chance_refuses_a_right_answer(exercise):
    for file in answers("right", exercise):
        answer = run_answer(exercise, file.read_text(encoding="utf-8"))[EXAMINERS[exercise].answer]
        for seed in range(3):
            assert examine(exercise, answer, seed).verdict == "ok", (file, seed)


def test_a_model_that_learned_the_validation_reviews_by_heart_is_refused(tmp_path):
    reference, examiner = Reference(Course(), tmp_path, seed=1), EXAMINERS["koren-fit"]
    names = reference.names["02_matrix_factorization"]
    koren = names["koren"]
    assert examiner.verdict(koren, names, reference, seed=1).verdict == "ok"
    learn_by_heart(koren, [names["data"].train, names["data"].val])
    assert examiner._replace(rounds=0).verdict(koren, names, reference, seed=1).verdict == "ok"
    verdict, message = examiner.verdict(koren, names, reference, seed=1)
    assert verdict == "wrong"
    assert "not below that of ClassicMF" in message


def learn_by_heart(model, parts):
    """Train a model on all of `parts`, with nothing that keeps its weights small."""
    users, items, ratings = (
        torch.cat([torch.as_tensor(getattr(part, of)) for part in parts]) for of in ("users", "items", "ratings")
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(100):
        optimizer.zero_grad()
        (model(users, items)[0] - ratings).square().mean().backward()
        optimizer.step()
