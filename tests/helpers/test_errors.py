"""What a student reads when a cell fails, seen in a real kernel: the cells below run as in a notebook."""

import re

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.errors import explain

pytestmark = pytest.mark.proof

SET_UP = """\
import torch
from torch import nn
from exercises import checks
from helpers import session
from helpers.reviews import DataError
session.start()

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.users = nn.Embedding(3, 2)
        self.mean = nn.Parameter(torch.zeros(1))

    def forward(self, user):
        return self.users(user)

model = Model()
"""
CELLS = {
    "id out of range": "user = torch.tensor([1, 7])\nmodel(user)",
    "id is decimal": "model(torch.tensor([1.0]))",
    "untouched": "out = ...\nnn.functional.mse_loss(out, torch.zeros(3))",
    "untouched layer": "model.layer = ...\nmodel.layer(torch.tensor([1]))",
    "missing return": "def pair():\n    1, 2\n\na, b = pair()",
    "shapes": "torch.zeros(3) + torch.zeros(2)",
    "matrix product": "torch.zeros(3, 2) @ torch.zeros(3, 2)",
    "dimension": "torch.zeros(3).sum(dim=1)",
    "types": "torch.zeros(2, 2) @ torch.zeros(2, 2).long()",
    "mask": "torch.zeros(4, 2)[torch.tensor([True, False, True])]",
    "indices": "torch.zeros(4, 4)[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]",
    "values": "place = torch.zeros(4)\nplace[torch.tensor([0, 1])] = torch.ones(3)",
    "too many indices": "torch.zeros(3)[0, 1]",
    "index out of bounds": "torch.zeros(3)[7]",
    "decimal index": "torch.zeros(3)[torch.tensor([1.0])]",
    "ragged": "torch.tensor([[1, 2], [3]])",
    "reshaped": "torch.zeros(3).view(2, 2)",
    "stacked": "torch.stack([torch.zeros(2), torch.zeros(3)])",
    "joined": "torch.cat([torch.zeros(2, 2), torch.zeros(3, 3)], dim=1)",
    "list": "nn.functional.mse_loss([1.0], torch.zeros(1))",
    "leaf": "model.mean += 1",
    "parameter": "model.mean = 3.5",
    "no gradient": "model.mean.detach().square().backward()",
    "no super": "class Bare(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(1, 1)\n\nBare()",
    "unknown name": "quite_unknown(3, 4)",
    "answer not run": "KorenMF(3, 4)",
    "leaf in forward": "class Adds(Model):\n    def forward(self, user):\n        self.mean += 1\n\nAdds()(user)",
    "id below 0": "model(torch.tensor([1, 0]) - 1)",
    "no self": "class Bare(Model):\n    def forward(self, user):\n        return users(user)\n\nBare()(user)",
    "letter of the formula": "class Mu(Model):\n    def forward(self, user):\n        return mu + user\n\nMu()(user)",
    "function of torch": "cosine_similarity(torch.zeros(2, 2), torch.zeros(2, 2))",
    "function not imported": "pad_sequence([torch.zeros(2)])",
    "name misspelt": "modle(user)",
    "attribute misspelt": "model.usres(user)",
    "attribute never set": "class Size(Model):\n    def forward(self, _):\n        return self.dic_size\n\nSize()(0)",
    "torch misspelt": "torch.zeroes(3)",
    "ids for vectors": "item = torch.tensor([0, 1])\n(user * item).sum(dim=1)",
    "table with brackets": "model.users[user]",
    "tables multiplied": "model.users * model.users",
    "tensor of tensors": "torch.tensor([torch.zeros(2).long(), torch.zeros(2).long()])",
    "tensor as index": "ids = torch.tensor([1, 2])\n['a', 'b', 'c'][ids]",
    "and": "(user > 0) and (user > 1)",
    "loss not built": "nn.MSELoss(torch.zeros(2), torch.zeros(2))",
    "dot of tables": "torch.dot(torch.zeros(2, 2), torch.zeros(2, 2))",
    "whole parameter": "nn.Parameter(torch.tensor([3]))",
    "super": "class Base(nn.Module):\n    def __init__(self):\n        super.__init__()\n\nBase()",
    "no such card": "torch.zeros(2, device='mps')",
    "twice": "loss = model.mean.square().sum()\nloss.backward()\nloss.backward()",
    "class for a model": "Model.users(user)",
    "own message": "raise ValueError('mine')",
    "no message": "raise ValueError",
    "key": "reached = {}\nreached['KorenMF']",
    "assertion": "untrained = 1.4\nassert abs(untrained - 1.3) < 0.02",
    "assertion that speaks": "assert model.users is None, 'a model without users is needed'",
    "nested function": "def outer():\n    def inner():\n        return 1 / 0\n    return inner()\n\nouter()",
    "recursion": "def again(n):\n    return again(n + 1)\n\nagain(0)",
    "signatures": "torch.zeros(3).sum('rows')",
    "plain error": "raise DataError('reviews.json.gz, line 3: broken JSON.')",
    "still to do": "checks.row_dot(lambda a, b: ...)",
    "wrong": "checks.row_dot(lambda a, b: a @ b.T)",
    "stopped in a check": "def row_dot(a, b):\n    return torch.cat([a, b]).view(3, -1) @ a\n\nchecks.row_dot(row_dot)",
    "syntax": "def row_dot(a, b)\n    return a",
    "after all that": "print('goes on')",
}


@pytest.fixture(scope="module")
def outputs():
    """Run all the cells in one kernel, and return for each what stands below it, without colours."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in [SET_UP, *CELLS.values()]])
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    below = [["\n".join(output.get("traceback", [output.get("text")])) for output in c.outputs] for c in notebook.cells]
    assert below[0] == []
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(texts)) for texts in below[1:]]
    return dict(zip(CELLS, plain, strict=True))


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell not in ("syntax", "after all that")])
def test_an_error_is_short_and_shows_nothing_of_the_libraries(cell, outputs):
    assert 1 <= len(outputs[cell].splitlines()) <= 5
    for foreign in ["_call_impl", "site-packages", "/torch/", "/helpers/", "Traceback", "-----"]:
        assert foreign not in outputs[cell]


def test_an_error_under_a_torch_call_shows_the_students_own_lines_in_order(outputs):
    assert outputs["id out of range"].splitlines() == [
        "IndexError: index out of range in self",
        "  in this cell, line 2: model(user)",
        "  in Model.forward, line 15: return self.users(user)",
        "Id 7 was looked up in a table with rows 0 to 2: is it the right table, and id?",
    ]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("id is decimal", "ids must be integer tensors (torch.long)"),
        ("missing return", "Something is None: does a function above end without `return`?"),
        ("shapes", "print `.shape` of both sides"),
        ("matrix product", "print `.shape` of both factors"),
        ("dimension", "The tensor has no such dimension"),
        ("types", "print `.dtype` of both"),
        ("mask", "A mask selects from a tensor of its own shape"),
        ("indices", "The index tensors of that line have shapes that do not fit"),
        ("values", "The place to write to has another shape"),
        ("too many indices", "more indices than the tensor has dimensions"),
        ("index out of bounds", "counting starts at 0"),
        ("decimal index", "An index is an integer tensor"),
        ("ragged", "Rows of different lengths make no tensor"),
        ("reshaped", "as many numbers as the old one"),
        ("stacked", "print `.shape` of both sides"),
        ("joined", "print `.shape` of both sides"),
        ("list", "A list is no tensor"),
        ("leaf", "wrap that line in `with torch.no_grad():`"),
        ("leaf in forward", "would change a weight itself: make a new tensor, with x = x + y"),
        ("id below 0", "An id of -1 was looked up: ids are never below 0. Here they go from 0 to 2."),
        ("no self", "Write `self.users`: a layer, or a parameter, is reached through `self`."),
        ("letter of the formula", "Write `self.mean`"),
        ("function of torch", "Write `F.cosine_similarity`: that is where it is given."),
        ("function not imported", "Import it first: from torch.nn.utils.rnn import pad_sequence."),
        ("name misspelt", "`modle` is not there, but `model` is: is that meant?"),
        ("attribute misspelt", "A Model has no `usres`, but it has `users`: is that meant?"),
        ("attribute never set", "`self.dic_size` is never set in `__init__`"),
        ("torch misspelt", "There is no `torch.zeroes`, but `torch.zeros`: is that meant?"),
        ("ids for vectors", "`user` and `item` are ids, one number each"),
        ("table with brackets", "A layer is called, with parentheses"),
        ("tables multiplied", "A layer is called, with parentheses"),
        ("tensor of tensors", "tensors are put together with torch.stack or torch.cat"),
        ("tensor as index", "A list takes one whole number as its index"),
        ("and", "use & and | for `and` and `or`"),
        ("loss not built", "A loss is built before it is called"),
        ("dot of tables", "torch.dot takes two single vectors"),
        ("whole parameter", "A parameter holds decimal numbers: write 3.0, not 3."),
        ("super", "with parentheses behind `super`"),
        ("no such card", "Such a device is not here"),
        ("twice", "A result was gone back through twice"),
        ("class for a model", "A class was given in place of a model"),
        ("parameter", "change its numbers in place"),
        ("no gradient", "No weight has a part in this result"),
        ("no super", "only after `super().__init__()`"),
        ("key", "A dictionary holds nothing under this key. If a cell above fills it: has it been run"),
        ("unknown name", "Has the cell that defines this name been run"),
        ("answer not run", "`KorenMF` is your answer to Exercise 2.3: run its cell first."),
    ],
)
def test_a_usual_error_is_explained_in_plain_words_below_its_line(cell, words, outputs):
    *_, line, explanation = outputs[cell].splitlines()
    assert line.startswith("  in ")
    assert words in explanation


def test_an_assertion_says_what_to_do_where_it_says_nothing_itself(outputs):
    assert outputs["assertion"].splitlines() == [
        "This ought to hold, and does not:",
        "  in this cell, line 2: assert abs(untrained - 1.3) < 0.02",
        "Has each cell above been run, and each check above passed? Complete what is missing, then run on from there.",
    ]
    assert outputs["assertion that speaks"].startswith("AssertionError: a model without users is needed\n")


def test_another_error_is_shown_as_it_is(outputs):
    assert outputs["own message"].splitlines() == [
        "ValueError: mine",
        "  in this cell, line 1: raise ValueError('mine')",
    ]
    assert outputs["no message"].splitlines() == ["ValueError", "  in this cell, line 1: raise ValueError"]
    assert "in outer.inner, line 3: return 1 / 0" in outputs["nested function"]


def test_of_an_endless_recursion_two_lines_are_enough(outputs):
    assert outputs["recursion"].splitlines()[1:] == [
        "  in this cell, line 4: again(0)",
        "  in again, line 2: return again(n + 1)",
        "A function calls itself, and never comes to an end.",
    ]


def test_an_error_of_the_helpers_is_its_sentence_alone(outputs):
    assert outputs["plain error"] == "reviews.json.gz, line 3: broken JSON."


def test_a_verdict_is_its_lines_alone(outputs):
    assert outputs["still to do"] == "○ Exercise 1.1 is still to do: replace the `...` in `row_dot`."
    assert outputs["wrong"].splitlines()[0] == "✗ Exercise 1.1: the result has shape (3, 3), expected (3,)."
    assert outputs["stopped in a check"].splitlines()[:3] == [
        "✗ Exercise 1.1: your code stopped, given two tensors of shape (3, 2).",
        "  RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4 and 3x2)",
        "    in row_dot, line 2: return torch.cat([a, b]).view(3, -1) @ a",
    ]


def test_a_syntax_error_points_at_the_place(outputs):
    assert "def row_dot(a, b)\n                     ^" in outputs["syntax"]
    assert "SyntaxError: expected ':'" in outputs["syntax"]


def test_the_kernel_goes_on(outputs):
    assert outputs["after all that"] == "goes on\n"


def test_an_error_has_four_lines_at_most_and_none_is_too_long():
    error = ValueError("NoneType\n" + "two " * 100)
    error.own_lines = ["in this cell, line 1: a()", "in a, line 2: b()", "in b, line 3: c()"]
    lines = explain(error)
    assert lines[0] == "ValueError: NoneType"
    assert lines[1].startswith("two two")
    assert lines[1].endswith("...")
    assert lines[2] == "  in b, line 3: c()"
    assert lines[3].startswith("Something is None")
    assert len(lines) == 4
    assert max(map(len, lines)) <= 180


def test_of_a_long_message_two_lines_are_shown():
    assert explain(ValueError("one\ntwo\nthree")) == ["ValueError: one", "two"]


@pytest.mark.parametrize("cell", ["untouched", "untouched layer"])
def test_an_error_that_an_untouched_exercise_leads_to_is_no_error_but_still_to_do(cell, outputs):
    still_to_do, line = outputs[cell].splitlines()
    assert still_to_do.startswith("○ A `...` still stands where an answer belongs")
    assert line.startswith("  in ")
