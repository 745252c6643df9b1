"""The picture of the house, made from its imports: `python -m tools.house` prints it, as a Mermaid flowchart.

It shows which folder imports which and, inside helpers/ and grading/, which part. `--write` puts it into its page.
"""

import argparse
import ast

from authoring.notebooks import ROOT, read, solution_paths

PAGE = ROOT / "docs" / "contributors.md"
BEGIN, END = "<!-- made by: python -m tools.house --write -->\n", "<!-- end of the picture -->\n"
FOLDERS = "helpers", "exercises", "authoring", "grading", "benchmarks", "tools", "tests"
LEFT_OUT = {"__init__", "errors", "colour", "progress"}  # of helpers: messages to the reader, imported by many


def picture():
    """Return the flowchart as Markdown; an arrow means "imports"."""
    pairs = {(module, name) for module, source in sources() for name in imports(module, source)}
    names = {"solutions", *FOLDERS}
    lines = ["flowchart TD", *drawn({(module[0], name[0]) for module, name in pairs}, names)]
    for folder in ("grading", "helpers"):
        inside = {(m[1], n[1]) for m, n in pairs if m[0] == n[0] == folder and len(n) > 1}
        lines += [f"    subgraph {folder}", *(f"    {line}" for line in drawn(inside, parts(folder))), "    end"]
        if twice := names & parts(folder):
            raise ValueError(f"Mermaid draws two things of the same name as one: {', '.join(sorted(twice))}.")
        names |= parts(folder)
    return "\n".join(["```mermaid", *lines, "```", ""])


def sources():
    """Yield (names that lead to it, source) of each module, and of each code cell of the solution notebooks."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            module = path.relative_to(ROOT).with_suffix("").parts
            if not {"right", "wrong", "memorised"} & set(module):  # students' cells: no part of the house
                yield module, path.read_text(encoding="utf-8")
    for path in solution_paths():
        yield from ((("solutions",), cell.source) for cell in read(path).cells if cell.cell_type == "code")


def imports(module, source):
    """Yield what the source of a module imports: ("helpers", "data", "load_data")."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module[: -node.level] if node.level else ()
            whole = (*above, *(node.module.split(".") if node.module else ()))
            yield from ((*whole, alias.name) for alias in node.names)


def parts(folder):
    """Return what is drawn inside a folder: its packages and, in helpers/, its modules too."""
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / folder).glob("*.py")} if folder == "helpers" else set()
    return packages | modules - LEFT_OUT


def drawn(pairs, names):
    """Return a line for each of `names` that imports others of them, then one for each name without an arrow."""
    ends = {name: sorted({end for start, end in pairs if start == name != end and end in names}) for name in names}
    alone = names - {name for start in names if ends[start] for name in (start, *ends[start])}
    arrows = [f"    {start} --> {' & '.join(ends[start])}" for start in sorted(names) if ends[start]]
    return [*arrows, *(f"    {name}" for name in sorted(alone))]


def split(page):
    """Return the page before the picture, the picture, and the page after it."""
    before, begin, rest = page.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE} needs these two lines, around the picture:\n{BEGIN}{END}")
    return before + begin, inside, end + after


def main():
    """Print the picture, or write it into the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.house", description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the picture into docs/contributors.md")
    if parser.parse_args().write:
        before, _, after = split(PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(before + picture() + after, encoding="utf-8")
    else:
        print(picture(), end="")


if __name__ == "__main__":
    main()
