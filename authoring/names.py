"""Names: what the code of a cell defines, and what it takes from cells above."""

import ast
import symtable


class Expanded(ast.NodeTransformer):
    """Writes comprehensions as calls of generators, whose variables are their own in every Python.

    Since 3.12, and in symtable since 3.13, those of other comprehensions stand among the names around them (PEP 709).
    """

    def visit_ListComp(self, node):
        """Return list(...)."""
        return self.called("list", node, node.elt)

    def visit_SetComp(self, node):
        """Return set(...)."""
        return self.called("set", node, node.elt)

    def visit_DictComp(self, node):
        """Return dict(...) of pairs."""
        return self.called("dict", node, ast.Tuple([node.key, node.value], ast.Load()))

    def called(self, kind, node, element):
        """Return a call of `kind` on a generator of `element`."""
        generator = self.generic_visit(ast.GeneratorExp(element, node.generators))
        return ast.Call(ast.Name(kind, ast.Load()), [generator], [])


def scopes(source):
    """Return the symbol table of a cell, and those of all functions, classes and generators in it."""
    python = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))  # no magics
    tree = ast.fix_missing_locations(Expanded().visit(ast.parse(python)))
    tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    for table in tables:
        tables += table.get_children()
    return tables


def defines(source):
    """Return the names that a cell defines."""
    return {one.get_name() for one in scopes(source)[0].get_symbols() if one.is_assigned() or one.is_imported()}


def uses(source):
    """Return the names that a cell takes from cells above it."""
    cell, *inner = scopes(source)
    used = {one.get_name() for one in cell.get_symbols() if one.is_referenced()}
    used |= {
        one.get_name() for table in inner for one in table.get_symbols() if one.is_global() and one.is_referenced()
    }
    return used - defines(source)
