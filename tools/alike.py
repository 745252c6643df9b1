"""Print how the page of answers that agree is calibrated, on the bank of answers: `python -m tools.alike`.

Honest classes are drawn from the bank. A part of each has the taught answer. Of the others, answers with one or two
lines of their own may come to several students, since people think alike; those with more come once in a class.
Copies are hidden: other names, other comments and texts, independent lines in another order.
"""

import argparse
import ast
import random
import time
from functools import cache

from authoring.registry import EXERCISES, Registry
from grading.alike.fingerprints import Plain, fingerprints
from grading.alike.pairs import alike, dictated

CLASSES, STUDENTS, LARGE = 200, 30, 200
TAUGHT = 0.4  # of a class, who have the taught answer
SHORT, LONG = 2, 5  # lines of one's own: up to so many anybody may have written, from so many a copy should be found
TIMES = 3  # that each answer is copied

EXERCISES_BY_ID = Registry().automatic


@cache
def bank(id):
    """Return the answers to an exercise, the taught one first, as pairs (source, lines of its own)."""
    files = [path for kind in ("right", "wrong") for path in sorted((EXERCISES / id / kind).glob("*.py"))]
    files.sort(key=lambda path: path.stem != "as_taught")
    sources = [path.read_text(encoding="utf-8") for path in files]
    return [(source, own_lines(source, EXERCISES_BY_ID[id])) for source in sources]


def own_lines(source, exercise):
    """Return how many lines of an answer say what neither the stub nor the solution does."""
    common = dictated(exercise)
    return len({line for mark, lines in fingerprints(source).items() if mark not in common for line in lines})


def honest_class(students, draw):
    """Return a class of students who did not copy: {student: {exercise: source}}."""
    given = {f"student-{n:03}": {} for n in range(students)}
    for id in EXERCISES_BY_ID:
        (taught, _), *others = bank(id)
        short = [source for source, lines in others if lines <= SHORT]
        once = [source for source, lines in draw.sample(others, len(others)) if lines > SHORT]
        for answers in given.values():
            source, lines = draw.choice(others)
            if draw.random() < TAUGHT:
                answers[id] = taught
            elif lines <= SHORT:
                answers[id] = source
            else:
                answers[id] = once.pop() if once else draw.choice(short)
    return given


# copies


class Renamed(ast.NodeTransformer):
    """Gives other names to variables and parameters."""

    def __init__(self, tree):
        kept = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        self.names = {name: f"my_{name}" for name in Plain(tree).names - kept - {"self"}}

    def visit_Name(self, node):
        """Rename a variable."""
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node):
        """Rename a parameter."""
        return ast.arg(self.names.get(node.arg, node.arg), node.annotation)


def hidden(source, draw):
    """Return a copy of an answer with other names, comments and texts, and independent lines in another order."""
    tree = ast.parse(source)
    tree = Renamed(tree).visit(tree)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
                body[0].value = ast.Constant(f"What I did, {draw.random()}.")
            node.body = reordered(body, draw)
    lines = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
    return "".join(f"{line}  # {draw.random()}\n" for line in lines)


def reordered(body, draw):
    """Return statements in which neighbours that touch nothing of each other may have changed places."""
    body = list(body)
    for n in range(len(body) - 1):
        one, other = body[n : n + 2]
        apart = not (touched(one, ast.Store) & touched(other) or touched(one) & touched(other, ast.Store))
        if apart and isinstance(one, ast.Assign) and isinstance(other, ast.Assign):
            body[n : n + 2] = draw.sample([one, other], 2)
    return body


def touched(statement, context=ast.expr_context):
    """Return the names and attributes that a statement touches in a context."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name | ast.Attribute)]
    return {ast.unparse(node) for node in nodes if isinstance(node.ctx, context)}


# what is measured


def honest_pairs(classes):
    """Return how many pairs of honest students there are in so many classes, and how many of them are named."""
    named = sum(len(alike(honest_class(STUDENTS, random.Random(seed)), EXERCISES_BY_ID)) for seed in range(classes))
    return classes * STUDENTS * (STUDENTS - 1) // 2, named


def copied_answers(times):
    """Return {lines of its own: [how many copies of one such answer there were, how many were named]}."""
    counts = {}
    answers = [(id, *pair) for id in EXERCISES_BY_ID for pair in bank(id) if pair[1]]
    for number, (id, source, lines) in enumerate(answers * times):
        draw = random.Random(number)
        given = {student: {id: theirs[id]} for student, theirs in honest_class(STUDENTS, draw).items()}
        pair = tuple(sorted(draw.sample(sorted(given), 2)))
        given |= {pair[0]: {id: source}, pair[1]: {id: hidden(source, draw)}}
        count = counts.setdefault(min(lines, LONG), [0, 0])
        count[0] += 1
        count[1] += pair in named_in(given, id)
    return dict(sorted(counts.items()))


def named_in(given, id):
    """Return the pairs that are named in a class for one exercise alone."""
    return {pair.students for pair in alike(given, {id: EXERCISES_BY_ID[id]})}


def copied_hand_ins(classes):
    """Return how many whole hand-ins were copied, one in each class, and how many of the pairs were named."""
    named = 0
    for seed in range(classes):
        draw = random.Random(seed)
        given = honest_class(STUDENTS, draw)
        pair = tuple(sorted(draw.sample(sorted(given), 2)))
        given[pair[1]] = {id: hidden_if_read(source, draw) for id, source in given[pair[0]].items()}
        named += pair in {found.students for found in alike(given, EXERCISES_BY_ID)}
    return classes, named


def hidden_if_read(source, draw):
    """Return a hidden copy, or the answer itself where Python cannot read it."""
    try:
        return hidden(source, draw)
    except SyntaxError:
        return source


def main(arguments=None):
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tools.alike", description=__doc__)
    parser.add_argument("--classes", type=int, default=CLASSES, help=f"honest classes ({CLASSES})")
    options = parser.parse_args(arguments)
    pairs, named = honest_pairs(options.classes)
    print(f"honest pairs: {named} of {pairs} named, {1000 * named / pairs:.2f} in 1,000")
    for lines, (copies, found) in copied_answers(TIMES).items():
        more = " or more" if lines == LONG else ""
        print(f"copies of an answer with {lines}{more} lines of its own: {found} of {copies} named")
    copies, found = copied_hand_ins(options.classes)
    print(f"copies of a whole hand-in: {found} of {copies} named")
    given, start = honest_class(LARGE, random.Random(0)), time.process_time()
    fingerprints.cache_clear()
    alike(given, EXERCISES_BY_ID)
    print(f"a class of {LARGE}: {time.process_time() - start:.1f} s of the processor's time")


if __name__ == "__main__":
    main()
