"""Code that reaches out of its place: seen in the text of a hand-in, and told with its line. Never a verdict.

An answer works with torch, numpy and the session's helpers. What is told here no answer needs: the grader's modules and
files, other functions in place of Python's or torch's, the frames and objects of other code, memory, the network.
Whoever hides such a line is not seen, and earns no more by it.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from grading.texts import one_line

LONGEST_CELL, LONGEST_LINE, MOST = 200_000, 100, 20  # characters of a cell, of a line that is told; lines that are told
NO_PYTHON = re.compile(r"^([ \t]*)(?:(?:[\w, ]+=[ \t]*)?[!%?].*|[\w.]+\?+[ \t]*)$", re.MULTILINE)  # magics

OURS = re.compile(r"(?:inside|grading|solutions)(?:\.|$)|exercises\.(?!checks$)")
FRAMES, MEMORY, NETWORK = "looks into the code that calls it", "goes past Python to memory", "uses the network"
OBJECTS, WATCHES, PROCESSES = "looks through all objects", "watches other code run", "reaches for processes and files"
DOORS = {  # modules and functions by their full names
    **dict.fromkeys(("sys._getframe", "sys._current_frames", "inspect.stack", "inspect.currentframe"), FRAMES),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents"), OBJECTS),
    **dict.fromkeys(("sys.settrace", "sys.setprofile", "sys.addaudithook", "threading.settrace"), WATCHES),
    **dict.fromkeys(("ctypes", "cffi"), MEMORY),
    **dict.fromkeys(("os.write", "os.dup2", "os.fdopen", "os.kill", "os.killpg", "os.fork"), PROCESSES),
    **dict.fromkeys(("socket", "urllib.request", "http.client", "requests", "httpx", "ftplib", "smtplib"), NETWORK),
}
CELLS = "changes how cells run"
ATTRIBUTES = {  # of whatever they are
    **dict.fromkeys(("f_back", "f_locals", "f_globals", "tb_frame", "gi_frame"), FRAMES),
    **dict.fromkeys(("__subclasses__", "__globals__", "__code__", "__closure__"), "looks behind functions and classes"),
    **dict.fromkeys(("ast_transformers", "input_transformers_cleanup", "input_transformers_post"), CELLS),
}
REPLACED = {"run_cell": CELLS, "do_execute": CELLS}  # attributes that are assigned
METHODS = {"__reduce__": "runs where it is unpickled", "__reduce_ex__": "runs where it is unpickled"}
FILES = re.compile(
    r"/proc(?:/(?!(?:meminfo|cpuinfo|version|stat)$)|$)|^/course(?:/|$)|/etc/(?:passwd|shadow)|\.ssh/"
    r"|(?:^|/)(?:submitted|autograded)/|gradebook\.db|(?:^|/)\.grading(?:/|$)|grades\.csv"
)
SAID = re.compile(r"✓ Exercise \d|[\"']verdict[\"']\s*:")


def reaching(sources: Mapping[str, str], given: Iterable[str]) -> list[str]:
    """Return sentences on what in a student's `sources` reaches out, by their names; given: cells that are ours."""
    trees, found = {}, list[str]()
    for name, source in sources.items():
        try:
            trees[name] = parsed(source)
        except (RecursionError, MemoryError):
            found.append(f"{name} is too long, or too deep, to be looked through.")
        except (SyntaxError, ValueError):
            continue  # no Python runs it
    names = {"builtins": "builtins", "__builtins__": "builtins"}
    for source in given:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            names |= imported(parsed(source), names)
    for tree in trees.values():
        names |= imported(tree, names)
    for name, tree in trees.items():
        lines = sources[name].split("\n")
        told = dict[int, str]()
        for number, what in sorted(Look(names).at(tree)):
            told.setdefault(number, what)
        found += [f"{name}, line {n}, {what}: {one_line(lines[n - 1], LONGEST_LINE)}" for n, what in told.items()]
    return found[:MOST]


def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a cell, without its magics; raises what ast.parse does."""
    if len(source) > LONGEST_CELL:
        raise MemoryError
    return ast.parse(NO_PYTHON.sub(r"\1pass", source))


def imported(tree: ast.AST, known: Mapping[str, str]) -> dict[str, str]:
    """Return what a cell calls modules, and what is of modules, by its names: {"nn": "torch.nn"}."""
    names = dict(known)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names |= {one.asname or one.name.split(".")[0]: whole(one) for one in aliases}
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                names |= {one.asname or one.name: f"{module}.{one.name}" for one in aliases}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if dotted := Look(names).dotted(value):
                names[name] = dotted
    return names


def whole(alias: ast.alias) -> str:
    """Return the full name of what `import ...` gives its name to."""
    return alias.name if alias.asname else alias.name.split(".")[0]


class Look:
    """A look at a cell's syntax tree; names: {name: full name of the module, or of what is of it}."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def at(self, tree: ast.AST) -> Iterator[tuple[int, str]]:
        """Yield the number of each line that reaches out, and what it does."""
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            is_docstring = isinstance(node, ast.Constant) and id(node) in alone
            if isinstance(node, ast.expr | ast.stmt) and not is_docstring:
                yield from ((node.lineno, what) for what in self.told(node) if what)

    def dotted(self, node: ast.AST) -> str:
        """Return the full name of an expression that names something of a module; "" of any other."""
        parts = list[str]()
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        root = self.names.get(node.id, "") if isinstance(node, ast.Name) else ""
        return ".".join([root, *reversed(parts)]) if root else ""

    def told(self, node: ast.expr | ast.stmt) -> Iterator[str]:
        """Yield what an expression or a statement does that reaches out."""
        match node:
            case ast.Import(names=aliases):
                yield from (self.module(alias.name) for alias in aliases)
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                yield from (self.module(f"{module}.{alias.name}") for alias in aliases)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield self.replaced(self.dotted(node)) or REPLACED.get(name, "")
            case ast.Attribute(attr=name):
                yield DOORS.get(self.dotted(node), "") or ATTRIBUTES.get(name, "")
            case ast.Subscript(value=value, ctx=ast.Store()):
                yield self.replaced_by_key(self.dotted(value), node.slice)
            case ast.FunctionDef(name=name):
                yield METHODS.get(name, "")
            case ast.Constant(value=str(text)):
                yield "names files that are not its own" if FILES.search(text) else ""
                yield "says what the checks say" if SAID.search(text) else ""
            case ast.Call(func=function, args=arguments):
                yield self.called(function, arguments)

    def module(self, name: str) -> str:
        """Return what an import of `name` does that reaches out."""
        if OURS.match(name):
            return "imports a module of the grader's"
        parts = name.split(".")
        names = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        return next((DOORS[name] for name in names if name in DOORS), "")

    def replaced(self, dotted: str) -> str:
        """Return what an assignment to something of a module does: it matters where that is a function or a class."""
        return f"replaces {dotted}" if is_function(dotted) else ""

    def replaced_by_key(self, dotted: str, key: ast.expr) -> str:
        """Return what an assignment to a part of a module's dictionary does."""
        name = str(key.value) if isinstance(key, ast.Constant) else "?"
        if dotted == "sys.modules":
            return f"replaces the module {name}"
        owner = dotted.removesuffix(".__dict__")
        return self.replaced(f"{owner}.{name}") if owner != dotted or owner == "builtins" else ""

    def called(self, function: ast.expr, arguments: list[ast.expr]) -> str:
        """Return what a call does that reaches out."""
        name = function.id if isinstance(function, ast.Name) else self.dotted(function)
        match name, arguments:
            case "importlib.import_module" | "import_module" | "__import__", [ast.Constant(value=str(module)), *_]:
                return self.module(module)
            case "setattr" | "builtins.setattr", [owner, ast.Constant(value=str(name)), *_]:
                return self.replaced(f"{self.dotted(owner)}.{name}")
            case "setattr" | "builtins.setattr", [owner, *_] if self.dotted(owner) in sys.modules:
                return f"replaces parts of {self.dotted(owner)}"
        match function:
            case ast.Attribute(value=ast.Attribute(attr="events"), attr="register"):
                return CELLS
        return ""


def is_function(dotted: str) -> bool:
    """Whether a full name is that of a function or class of a module that we have loaded, or of the checks."""
    if dotted.startswith("exercises."):
        return True
    parts = dotted.split(".")
    at = next((n for n in range(len(parts) - 1, 0, -1) if ".".join(parts[:n]) in sys.modules), 0)
    found: object = sys.modules.get(".".join(parts[:at]))
    for part in parts[at:]:
        found = getattr(found, part, None)
    return bool(at) and callable(found)
