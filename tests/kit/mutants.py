"""Mutants: a solution with one small mistake in it, of the kinds that students make.

A mutant is known by its `line`: what the changed line has become. Only lines between BEGIN and END SOLUTION change.
"""

import ast
import difflib
import re
from itertools import combinations
from typing import NamedTuple

REGION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
NAMES = [  # of variables and layers that are easily taken for each other
    ["user", "item"],
    ["users", "items", "umean", "imean", "gmean", "mean"],
    ["users", "items", "reviews", "ratings", "words"],
    ["embed_u", "embed_i"],
    ["close", "far"],
    ["cosine", "fake_cosine"],
    ["text", "fake"],
    ["text_emb", "items", "to_text"],
    ["loss", "mse", "penalty", "profile"],
    ["nb_users", "nb_items", "dic_size"],
    ["latent_size", "word_latent_size"],
    ["train_loader", "val_loader", "test_loader"],
    ["word_weight", "profile_weight"],
    ["text_weight", "l2"],
    ["longest", "max_len"],
]
FUNCTIONS = [  # and methods that are easily taken for each other
    ["sum", "mean"],
    ["max", "min"],
    ["square", "abs", "norm"],
    ["squeeze", "unsqueeze", "flatten"],
    ["logsigmoid", "sigmoid", "tanh"],
    ["mse_loss", "l1_loss"],
    ["cosine_similarity", "pairwise_distance"],
    ["zeros_", "ones_", "normal_"],
    ["cat", "stack"],
    ["sample", "choices"],
    ["EmbeddingBag", "Embedding", "Linear"],
    ["word_penalty", "profile_penalty"],
]
OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div]
IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}
CUTS = ["detach", "item", "tolist"]
COMPARISONS = [ast.Eq, ast.NotEq, ast.Gt, ast.GtE]


class Mutant(NamedTuple):
    """A solution with a mistake."""

    line: str  # what the changed line has become; of a dropped one, "without " and the line
    source: str  # of the whole cell


def mutants_of(source):
    """Return the mutants of a solved cell, no two of them alike."""
    tree, regions = ast.parse(source), lines_of_regions(source)
    original, found = ast.unparse(tree), {}
    for holder, field, place, node in nodes_within(tree, regions):
        for changed in changes(node):
            put(holder, field, place, changed)
            text = ast.unparse(ast.fix_missing_locations(tree))
            put(holder, field, place, node)
            if text != original and not foreign_names(source, text) and compiles(text):
                found[text] = Mutant(changed_line(original, text), text)
    return list(found.values())


def compiles(text):
    """Whether Python takes a mutant at all; some leave a starred expression where none can be."""
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def foreign_names(source, text):
    """Return the names in `text` that nobody would come upon who writes `source`."""
    methods = {name for names in FUNCTIONS for name in names} | {*IN_PLACE.values(), *CUTS}
    offered = {f".{name}" for name in methods} | {"min", "max", "test_loader", "keepdim", "True", "None", "if", "pass"}
    return {name for name in words(text) - words(source) - offered if name.removeprefix(".") not in words(source)}


def words(source):
    """Return the names in `source`, those of attributes with their dot."""
    return set(re.findall(r"\.?\b[A-Za-z_]\w*", source))


def lines_of_regions(source):
    """Return the numbers of the lines between BEGIN SOLUTION and END SOLUTION."""
    regions = [(source.count("\n", 0, m.start()), source.count("\n", 0, m.end())) for m in REGION.finditer(source)]
    return {line for start, end in regions for line in range(start + 2, end + 1)}


def nodes_within(tree, lines):
    """Yield (holder, field, place, node) for each node of `tree` on `lines`; place is None outside lists."""
    for holder in list(ast.walk(tree)):
        for field, value in ast.iter_fields(holder):
            for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST) and getattr(node, "lineno", None) in lines:
                    yield holder, field, place, node


def put(holder, field, place, node):
    """Let `node` stand at this place of the tree."""
    if place is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[place] = node


def changed_line(original, text):
    """Return what differs in `text`, as one line."""
    lines = list(difflib.ndiff(original.splitlines(), text.splitlines()))
    new = [line[2:].strip() for line in lines if line.startswith("+ ")]
    old = [line[2:].strip() for line in lines if line.startswith("- ")]
    return "; ".join(new) if new and new != ["pass"] else "without " + "; ".join(old)


# --- the kinds of mistakes: each function takes a node, and yields what may wrongly stand in its place


def changes(node):
    """Yield what may wrongly stand in the place of `node`."""
    kinds = {
        ast.BinOp: [other_operators, dropped_terms, changed_in_place, cut_off_terms],
        ast.UnaryOp: [dropped_sign],
        ast.Compare: [other_comparisons],
        ast.Constant: [other_constants],
        ast.Name: [other_names],
        ast.Attribute: [other_attributes],
        ast.Tuple: [swapped_elements],
        ast.List: [swapped_elements, dropped_elements],
        ast.Subscript: [without_index],
        ast.Call: [
            other_functions,
            swapped_arguments,
            dropped_arguments,
            dropped_call,
            kept_dimension,
            bare,
            cut_off,
            turned_sign,
            columns,
        ],
        ast.With: [dropped_statement, without_context],
    }
    default = [dropped_statement] if isinstance(node, ast.stmt) else []
    for kind in kinds.get(type(node), default):
        yield from kind(node)


def other_operators(node):
    """One of + - * / for another."""
    if type(node.op) in OPERATORS:
        yield from (ast.BinOp(node.left, op(), node.right) for op in OPERATORS if op is not type(node.op))


def dropped_terms(node):
    """One side alone."""
    yield from (node.left, node.right)


def changed_in_place(node):
    """The left side is changed in place."""
    if type(node.op) in IN_PLACE and not isinstance(node.left, ast.Constant | ast.List):
        yield ast.Call(ast.Attribute(node.left, IN_PLACE[type(node.op)], ast.Load()), [node.right], [])


def cut_off_terms(node):
    """One side without its gradient."""
    for side in ("left", "right"):
        if isinstance(getattr(node, side), ast.Name | ast.Attribute | ast.BinOp):
            detached = ast.Call(ast.Attribute(getattr(node, side), "detach", ast.Load()), [], [])
            yield ast.BinOp(**{"left": node.left, "op": node.op, "right": node.right} | {side: detached})


def dropped_sign(node):
    """A minus forgotten."""
    yield node.operand


def other_comparisons(node):
    """Not equal, for equal or greater."""
    for op in COMPARISONS:
        if op is not type(node.ops[0]):
            yield ast.Compare(node.left, [op()], node.comparators)


def other_constants(node):
    """A number moved by one, or 0, or of the other sign; another word for a mode."""
    if isinstance(node.value, str):
        yield from (ast.Constant(mode) for mode in ("mean", "sum", "max") if mode != node.value)
    elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield from (ast.Constant(value) for value in (node.value + 1, node.value - 1, 0, -node.value))


def other_names(node):
    """A name for another."""
    yield from (ast.Name(name, node.ctx) for name in taken_for(node.id))


def other_attributes(node):
    """A layer for another."""
    yield from (ast.Attribute(node.value, name, node.ctx) for name in taken_for(node.attr))


def other_functions(node):
    """A function or a method for another."""
    if isinstance(node.func, ast.Attribute):
        for name in taken_for(node.func.attr, FUNCTIONS):
            yield ast.Call(ast.Attribute(node.func.value, name, ast.Load()), node.args, node.keywords)
    else:
        for name in taken_for(node.func.id, FUNCTIONS):
            yield ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)


def taken_for(name, groups=NAMES):
    """Return the names that are easily taken for `name`, in order."""
    return [other for group in groups if name in group for other in group if other != name]


def swapped_elements(node):
    """Two elements swapped."""
    yield from (type(node)(elements, node.ctx) for elements in swapped(node.elts))


def dropped_elements(node):
    """An element forgotten."""
    yield from (type(node)(node.elts[:n] + node.elts[n + 1 :], node.ctx) for n in range(len(node.elts)))


def without_index(node):
    """All of it, instead of what is asked."""
    yield node.value


def swapped_arguments(node):
    """Two arguments swapped."""
    yield from (ast.Call(node.func, arguments, node.keywords) for arguments in swapped(node.args))


def dropped_arguments(node):
    """An argument forgotten, with its keyword if it has one."""
    for n in range(len(node.args)):
        yield ast.Call(node.func, node.args[:n] + node.args[n + 1 :], node.keywords)
    for n in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:n] + node.keywords[n + 1 :])


def dropped_call(node):
    """A function's first argument instead of its result; the object itself instead of its method's."""
    if node.args and has_a_result(node):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name) and has_a_result(node):
        yield node.func.value


def kept_dimension(node):
    """A dimension kept that should go."""
    if any(keyword.arg == "dim" for keyword in node.keywords):
        yield ast.Call(node.func, node.args, [*node.keywords, ast.keyword("keepdim", ast.Constant(True))])


def bare(node):
    """A method called without its arguments, such as .squeeze()."""
    if isinstance(node.func, ast.Attribute) and node.args + node.keywords:
        yield ast.Call(node.func, [], [])


def cut_off(node):
    """A result without its gradient, as a number, and as a list."""
    if has_a_result(node):
        yield from (ast.Call(ast.Attribute(node, method, ast.Load()), [], []) for method in CUTS)


def turned_sign(node):
    """Minus the result."""
    if has_a_result(node):
        yield ast.UnaryOp(ast.USub(), node)


def columns(node):
    """An argument as a column."""
    column = ast.parse("x[:, None]", mode="eval").body.slice
    for n, argument in enumerate(node.args):
        if has_a_result(node) and not isinstance(argument, ast.Constant):
            changed = ast.Subscript(argument, column, ast.Load())
            yield ast.Call(node.func, [*node.args[:n], changed, *node.args[n + 1 :]], node.keywords)


def has_a_result(node):
    """Return whether a call reckons something: neither makes a layer, as nn.Linear, nor fills it, as nn.init.zeros_."""
    name = ast.unparse(node.func).split(".")[-1]
    return not (name[0].isupper() or name.endswith("_"))


def dropped_statement(node):
    """A line forgotten."""
    yield ast.Pass()


def without_context(node):
    """The lines below a `with`, without it."""
    yield ast.If(ast.Constant(True), node.body, [])


def swapped(values):
    """Yield `values` with each two of them swapped."""
    for a, b in combinations(range(len(values)), 2):
        yield [values[{a: b, b: a}.get(n, n)] for n in range(len(values))]
