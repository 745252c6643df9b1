"""A thousand answers with random damage: each has a verdict, and none of them is the grader's own failure."""

import random
import re
from itertools import chain

import pytest

from authoring.registry import EXERCISES as FOLDER
from grading.examining.marking import Marker, NotebookRun, Seconds
from grading.handed_in.matching import match
from grading.remote.kernel import Kernel
from grading.sandbox.limits import Limits
from grading.verdicts import VERDICTS
from tests.grading.examining.test_grader_bank import solved_but_for, up_to_the_check
from tests.kit import answer_bank
from tests.kit.students import COURSE

pytestmark = [pytest.mark.proof, pytest.mark.long]

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)

HOW_MANY = 1_000
SHORT = Seconds(cell=20, call=3, examination=20, submission=10**6, grace=2)
NUMBERS = ["0", "1", "-1", "2", "3", "10**9", "0.5", "1e38", "float('nan')", "None", "True", "'1'", "10**30", "..."]
AROUND = [  # what may become of a value that is returned
    "({}).half()", "({}).bool()", "({}).to(torch.float8_e4m3fn)", "({}).to(torch.int8)", "({}).to('meta')",
    "({}) + 0j", "({}).to_sparse()", "({}).double()", "[{}]", "({},) * 1000", "{{'a': {}}}", "str({})", "iter([{}])",
    "(lambda: {})", "nn.Parameter({})", "type({})", "({}).expand(10**6, *({}).shape)", "({}).detach().requires_grad_()",
    "({}).t()", "({}).unsqueeze(0)", "({})[..., None]", "torch.quantize_per_tensor(({}), 0.1, 0, torch.qint8)",
    "({}).numpy()", "print({})", "[[[{}]]]", "memoryview(bytes(10**7))", "globals()", "nn.Linear(10**4, 10**4)",
    "nn.Module()", "({}).new_empty(0)", "torch.nested.nested_tensor([{}])", "({}).refine_names(*({}).names)",
]  # fmt: skip
LAYERS = [
    "nn.Embedding(10**7, 2)", "nn.Linear(2, 2).half()", "nn.Identity()", "nn.Embedding(3, 2).bool()", "nn.LSTM(2, 2)",
    "nn.Parameter(torch.zeros(3, dtype=torch.complex64))", "nn.LazyLinear(2)", "nn.Embedding(4, 2, sparse=True)",
    "nn.Embedding(4, 2, max_norm=1.0)", "nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))", "torch.zeros(2)",
    "nn.EmbeddingBag(5, 2, mode='max')", "nn.ModuleDict({'weight': nn.Linear(1, 1)})", "nn.Linear(2, 2, device='meta')",
]  # fmt: skip


def damaged(source, draw):
    """Return a cell with one to three random changes."""
    for _ in range(draw.randint(1, 3)):
        source = draw.choice([another_line, another_number, another_name, another_value, another_layer])(source, draw)
    return source


def another_line(source, draw):
    """Drop a line, say it twice, or swap it with another."""
    lines = source.splitlines()
    n, m = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.randrange(3)
    if kind == 0 and len(lines) > 1:
        del lines[n]
    elif kind == 1:
        lines.insert(n, lines[n])
    else:
        lines[n], lines[m] = lines[m], lines[n]
    return "\n".join(lines)


def replaced(pattern, source, draw, by):
    """Return the source with one of the places where a pattern is found replaced."""
    found = list(re.finditer(pattern, source, re.MULTILINE))
    if not found:
        return source
    one = draw.choice(found)
    return source[: one.start()] + by(one) + source[one.end() :]


def another_number(source, draw):
    """Put another number in the place of one."""
    return replaced(r"\b\d+(\.\d+)?\b", source, draw, lambda one: draw.choice(NUMBERS))


def another_name(source, draw):
    """Put a name of the cell in the place of another."""
    names = re.findall(r"[^\W\d]\w*", source)
    return replaced(r"\b[^\W\d]\w*\b", source, draw, lambda one: draw.choice(names))


def another_value(source, draw):
    """Make something else of what is returned."""
    return replaced(
        r"(?<=return )[^\n]+", source, draw, lambda one: draw.choice(AROUND).replace("{}", one[0]).replace("{{", "{")
    )


def another_layer(source, draw):
    """Put another layer in the place of one."""
    return replaced(
        r"nn\.(Embedding|EmbeddingBag|Linear|Parameter)\([^\n]*\)", source, draw, lambda one: draw.choice(LAYERS)
    )


def answers():
    """Return (exercise, source) of all answers in the bank."""
    kinds = ("right", "wrong", "memorised")
    for id, exercise in COURSE.automatic.items():
        yield id, exercise.solution
        for file in sorted(chain.from_iterable((FOLDER / id / kind).glob("*.py") for kind in kinds)):
            own = file.read_text(encoding="utf-8")
            yield id, f"{exercise.solution}\n\n{own}" if file.parent.name == "memorised" else own


def test_no_random_mutant_makes_the_grader_fail(isolation, reference):
    draw, bank, failed, told = random.Random(20), list(answers()), {}, {}
    marker = Marker(COURSE, reference, b"a key", SHORT)
    with Kernel(reference.reviews.path, SHORT, Limits(memory=2**30)) as kernel:
        for _ in range(HOW_MANY):
            exercise, source = draw.choice(bank)
            source, name = damaged(source, draw), COURSE.automatic[exercise].notebook
            matched = match(solved_but_for(exercise, source), name, COURSE)
            run = NotebookRun(marker, kernel, matched, marker.left_out[name], source.encode(), reference.names(name))
            run.steps = up_to_the_check(run.steps, exercise)
            try:
                run.finish()
                verdict, message, *_ = run.verdicts[exercise]
            except Exception as error:  # as `Marker.verdicts` takes it
                verdict, message = "grader_error", f"{type(error).__name__}: {error}"
            assert verdict in VERDICTS
            told[verdict] = told.get(verdict, 0) + 1
            if verdict == "grader_error":
                failed[f"{exercise}\n{source}"] = message
    assert not failed, f"{len(failed)} of {HOW_MANY}: {failed}"
    assert {"ok", "wrong", "error", "todo"} <= set(told)  # the damage is neither too small nor too large
