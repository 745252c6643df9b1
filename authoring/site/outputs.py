"""Which outputs of the executed solutions a reader may see: those that no answer to an exercise has a part in."""

import ast

from helpers.errors import PlainError


def of_given_cells(student, solved):
    """Return the outputs of the given cells of a student notebook by cell id, each a pair (outputs, depend).

    student, solved: the same notebook without and with its solutions. depend: whether an answer to an exercise has a
    part in them. A cell depends on an answer if it uses a name that an exercise defines, or that a cell which depends
    on an answer has defined or changed.
    """
    executed = {cell.id: cell for cell in solved.cells}
    found, of_answers = {}, set()
    for cell in student.cells:
        if cell.cell_type != "code":
            continue
        used, changed = names(cell.source)
        if is_graded(cell):
            of_answers |= changed
            continue
        if depends := bool(used & of_answers):
            of_answers |= changed
        if executed[cell.id].source != cell.source:
            raise PlainError(f"Cell {cell.id} differs from the one in the solution. Type: python -m authoring release")
        found[cell.id] = (executed[cell.id].outputs, depends)
    return found


def is_graded(cell):
    """Whether `cell` belongs to an exercise: the answer, or its check."""
    return "nbgrader" in cell.metadata


def names(source):
    """Return two sets of names: those that the code `source` uses, and those that it defines or changes."""
    used, changed = set(), set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name):
                (used if isinstance(node.ctx, ast.Load) else changed).add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                changed.add(name)
            case ast.alias(name=name, asname=short):
                changed.add(short or name)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                changed.add(root(node))
    return used, changed


def root(node):
    """Return the name `a` of an expression such as `a.b["c"]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
