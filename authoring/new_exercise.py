"""A new exercise: three cells at the end of a notebook's exercises, and a folder with a first draft of each piece."""

import re
from string import Template

import nbformat

from authoring.notebooks import SOLUTIONS, normalise, read, solution_paths, write
from authoring.registry import EXERCISES, INDEX, Registry

ID = re.compile(r"[a-z]+(-[a-z]+)*")
HEADING = """\
**Exercise $number: $title** · 5 minutes · 1 point

Complete `$name`: it takes `values`, a tensor of shape `(batch,)`, and returns each twice as large, `(batch,)` too.
"""
ANSWER = '''\
def $name(values):
    """Return each value twice as large: (batch,)."""
    result = ...  # TODO: (batch,)
    ### BEGIN SOLUTION
    result = values + values
    ### END SOLUTION
    return result
'''
FILES = {
    "check.py": '''\
"""The check of `$name`."""

import torch

from exercises.kit.expect import check, expect_tensor, expect_values, first_difference, given, random_halves, say
from exercises.kit.given.refusals import Wrong


@check("$id")
def $name($name):
    """Check `$name(values)`: (B,) -> (B,)."""
    for size in (3, 1, 6):
        values = random_halves(size)
        handed_over = values.clone()
        with given(f"a tensor of shape {(size,)}"):
            result = $name(handed_over)
        expect_tensor(result, (size,), "the result", "$name")
        expected = torch.tensor([2 * value for value in values.tolist()])
        n = first_difference(result, expected)
        example = f"Twice {say(values[n])} is {say(expected[n])}. You returned {say(result[n])}."
        mistakes = [("You squared it.", values.square()), ("You added 2.", values + 2)]
        expect_values(result, expected, "the result", example, mistakes)
        if not torch.equal(handed_over, values):
            raise Wrong("`$name` changes `values` in place, which whoever calls it may still need.")
''',
    "hidden.py": '''\
"""What the grader tries of `$name` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import compare, random_size


@hidden("$id", rounds=6)
def other_sizes(answer, solution, draw, reference):
    """Random values, of sizes that the check does not use."""
    compare(answer, solution, [torch.randn(random_size(draw))], draw)
''',
    "equivalent.toml": """\
[[equivalent]]
because = "By the contract it returns numbers, and nothing learns through it."
mutants = ["result = values.detach() + values", "result = values + values.detach()"]
""",
    "right/as_taught.py": '''\
def $name(values):
    """Return each value twice as large: (batch,)."""
    result = values + values
    return result
''',
    "wrong/squared.py": '''\
# feedback: You squared it
def $name(values):
    """Return each value twice as large: (batch,)."""
    result = values.square()
    return result
''',
    "memorised/six_values.py": '''\
def $name(values):
    """Return each value twice as large: (batch,)."""
    return torch.cat([2 * values[:6], values[6:]])
''',
}


class NotNew(ValueError):
    """An exercise of this name cannot be made; the text says why."""


def new_exercise(id, notebook):
    """Write the cells of exercise `id` into solution notebook number `notebook`, and its folder; return the files.

    Raises NotNew, and has then written nothing.
    """
    registry, path = Registry(), path_of(notebook)
    if not ID.fullmatch(id):
        raise NotNew(f"{id!r} is no id: words in small letters with hyphens between them, such as clip-rating.")
    if id in registry.exercises or (EXERCISES / id).exists():
        raise NotNew(f"There is an exercise {id} already.")
    if {id, f"check-{id}", f"exercise-{id}"} & {cell.id for cell in read(path).cells}:
        raise NotNew(f"{path.name} has a cell of that name already, {id}: choose another id.")
    theirs = [one for one in registry.automatic.values() if one.notebook == path.stem]
    names = {"id": id, "name": id.replace("-", "_"), "title": id.replace("-", " ")}
    names["number"] = f"{notebook}.{len(theirs) + 1}"
    put_cells(path, theirs, names)
    for name, text in FILES.items():
        file = EXERCISES / id / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(text).substitute(names), encoding="utf-8")
    INDEX.write_text(Registry().index(), encoding="utf-8")
    return [path, *(EXERCISES / id / name for name in FILES)]


def path_of(number):
    """Return the solution notebook of this number. Raises NotNew if there is none."""
    found = [path for path in solution_paths() if int(path.stem[:2]) == number]
    if not found:
        raise NotNew(f"{SOLUTIONS} has no notebook {number}.")
    return found[0]


def put_cells(path, before, names):
    """Put heading, answer and check behind the last of the exercises `before`, and its hints."""
    book, id = read(path), names["id"]
    ids = [cell.id for cell in book.cells]
    position = ids.index(f"check-{before[-1].id}") + 1 if before else len(ids) - 1
    while position < len(ids) and book.cells[position].cell_type == "markdown" and ids[position].endswith("-hints"):
        position += 1
    text, answer = (Template(part).substitute(names).rstrip() for part in (HEADING, ANSWER))
    check = f"checks.{names['name']}({names['name']})"
    cells = [
        nbformat.v4.new_markdown_cell(text, id=f"exercise-{id}"),
        nbformat.v4.new_code_cell(answer, id=id, metadata={"nbgrader": graded(id, solution=True)}),
        nbformat.v4.new_code_cell(check, id=f"check-{id}", metadata={"nbgrader": graded(f"check-{id}", points=1)}),
    ]
    book.cells[position:position] = cells
    write(normalise(book), path)


def graded(id, solution=False, points=None):
    """Return what nbgrader notes of an answer cell, or of a check cell with its points."""
    noted = {"grade": not solution, "grade_id": id, "locked": not solution, "schema_version": 3, "solution": solution}
    noted |= {"task": False}
    return noted if points is None else noted | {"points": points}
