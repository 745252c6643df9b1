"""Fingerprints of an answer: winnowed hashes of its tokens, after Schleimer, Wilkerson and Aiken (SIGMOD 2003).

Comments, texts, layout and the names that a student chose leave no trace in them. Each statement begins anew, so
neither does the order of statements.
"""

import ast
import hashlib
import re
from collections import defaultdict
from functools import cache

GRAM, WINDOW = 4, 2  # tokens: whatever two statements share of GRAM + WINDOW - 1 tokens or more shows
OWN, TEXT = "name", "text"  # what stands for each name that a student chose, and for each text
TOKEN = re.compile(r"\d[\w.]*|\w+|\S")

Fingerprints = dict[int, set[int]]  # {hash: numbers of the lines of the source that have it}


@cache
def fingerprints(source: str) -> Fingerprints:
    """Return the fingerprints of an answer; none if Python cannot read it. They are cached: leave them as they are."""
    found = defaultdict[int, set[int]](set)
    try:
        tree = ast.parse(source)
        plain = Plain(tree)
        for statement in [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]:
            for mark in winnowed(TOKEN.findall(plain.head(statement))):
                found[mark].add(statement.lineno)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(found)


class Plain(ast.NodeTransformer):
    """Writes statements without what each student chooses as they like: names, texts, hints of types."""

    def __init__(self, tree: ast.AST) -> None:
        self.names, self.attributes = set[str](), set[str]()
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                    self.names.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    self.names.add(name)
                    self.attributes.add(name)  # if it is a method
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    self.attributes.add(name)

    def head(self, statement: ast.stmt) -> str:
        """Return a statement in plain form: of one that holds others its head, of a text that stands alone nothing."""
        match statement:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass() | ast.Try() | ast.TryStar() | ast.Match():
                return ""
        fields = {name: [] if name in ("body", "orelse") else value for name, value in ast.iter_fields(statement)}
        return ast.unparse(ast.fix_missing_locations(self.visit(type(statement)(**fields))))

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Return a name; each of the student's own is the same."""
        return ast.Name(OWN if node.id in self.names else node.id, node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Return a parameter, without its type."""
        return ast.arg(OWN)

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        """Return an attribute; each of the student's own is the same."""
        return ast.Attribute(self.visit(node.value), OWN if node.attr in self.attributes else node.attr, node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Return the head of a function, without its name and the type of what it returns."""
        node.name, node.returns = OWN, None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Return the head of a class, without its name."""
        node.name = OWN
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Return a constant; each text is the same."""
        return ast.Constant(TEXT) if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        """Return a text in place of one that is put together."""
        return ast.Constant(TEXT)


def winnowed(tokens: list[str]) -> set[int]:
    """Return, of each WINDOW of hashes of GRAM tokens, the smallest; of fewer tokens the hash of all, if any."""
    grams = [" ".join(tokens[n : n + GRAM]) for n in range(max(bool(tokens), len(tokens) - GRAM + 1))]
    hashes = [int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest()) for gram in grams]
    return {min(hashes[n : n + WINDOW]) for n in range(max(bool(hashes), len(hashes) - WINDOW + 1))}
