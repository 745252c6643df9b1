"""How far the figures of the notebooks are from one run to the next: `python -m tools.spread [asserts | report]`.

Without a word it executes the solutions under every vector unit, on one thread and on two, and from several seeds of
weights and of batches; keeps in tools/spread.json how far each printed number went, which tests build on; and prints
how many digits hold. `asserts` runs each assertion, and only the models that it is about, many times.
"""

import argparse
import ast
import contextlib
import functools
import io
import json
import os
import random
import statistics
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import nbformat

from authoring.figures import SPREAD, about, phrases, shown, trained, words
from authoring.names import scopes
from authoring.notebooks import ROOT, execute, read, solution_paths
from authoring.site.outputs import names

CAPABILITY = "import torch; print(torch.backends.cpu.get_cpu_capability())"
LOADERS = ("rating_loaders", "text_loaders", "piece_loaders")
CLAIMS = ("-assert", "check-koren-fit")  # how the cells end whose claims have to hold with room
ROOM = 5  # standard deviations that a claim should have left: then a failure is not chance
VARY = """
import functools as _functools, random as _random, torch as _torch
_torch.set_num_threads({threads})
_manual_seed = _torch.manual_seed
_torch.manual_seed = lambda seed: _manual_seed(seed + 1_000 * {seed})
session.seed_everything({seed})
for _name in {loaders}:
    if _name in globals():
        globals()[_name] = _functools.partial(globals()[_name], seed={seed})
"""
FIGURES = """
import json as _json
from helpers.training import History as _History

def _figures(value):
    if isinstance(value, _History):
        best = value.best_epoch
        return {"best val": value.val[best], "train at best": value.train[best], "best epoch": best + 1,
                "epochs": len(value.val), "last val": value.val[-1], "last train": value.train[-1]}
    if isinstance(value, float):
        return value
    if isinstance(value, dict) and 0 < len(value) < 20 and all(isinstance(key, str) for key in value):
        return {key: _figures(part) for key, part in value.items() if key != "seconds"}

print(_json.dumps({name: found for name, value in list(globals().items())
                   if name[0] != "_" and (found := _figures(value))}))
"""


def main():
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m tools.spread", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["measure", "report", "asserts"], default="measure")
    parser.add_argument(
        "--notebooks", nargs="+", type=int, default=range(1, 1 + len(solution_paths())), metavar="N", help="which"
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds besides that of the notebooks")
    parser.add_argument("--runs", type=int, default=200, help="how often each assertion is run")
    parser.add_argument("--draw", type=int, default=0, help="which draw of seeds: 200 runs may be two times 100")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    options = parser.parse_args()
    paths = [path for path in solution_paths() if int(path.name[:2]) in options.notebooks]
    if options.what == "asserts":
        return asserts(paths, options.runs, options.draw, options.jobs)
    if options.what == "measure":
        measure(paths, variants(options.seeds), options.jobs)
    report(paths)
    return 0


# --- figures


def variants(nb_seeds):
    """Return the ways to run the notebooks: environment variables, number of threads, seed."""
    units = {}
    for wanted in ("", "avx2", "default"):  # each is asked what it comes to: not every processor has all
        environment = {"ATEN_CPU_CAPABILITY": wanted} if wanted else {}
        units.setdefault(capability(environment), environment)
    without = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}  # numpy adds in its plainest way
    units = [units.popitem()[1] | without, *units.values()] if len(units) > 1 else [*units.values()]
    machines = [(unit, threads, 0) for unit in units for threads in (1, 2)]
    return machines + [({}, 1, seed) for seed in range(1, nb_seeds + 1)]


def capability(environment):
    """Return which vector unit torch uses in `environment`."""
    done = subprocess.run(
        [sys.executable, "-c", CAPABILITY], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def measure(paths, ways, jobs):
    """Execute the notebooks in all ways, and keep how far each printed number went."""
    found = {path.stem: [] for path in paths}
    with ProcessPoolExecutor(jobs) as pool:
        pairs = [(path, way) for path in paths for way in ways if way[2] == 0 or trains(path)]
        runs = {pool.submit(run, path, *way): (path, way) for path, way in pairs}
        for number, done in enumerate(as_completed(runs), start=1):
            path, way = runs[done]
            found[path.stem].append(done.result())
            print(f"{number} of {len(runs)}: {path.stem} {way}", file=sys.stderr, flush=True)
    kept = json.loads(SPREAD.read_text(encoding="utf-8")) if SPREAD.exists() else {"figures": {}, "reached": {}}
    for notebook, results in found.items():
        kept["figures"][notebook] = ranges_of_phrases([shown for shown, _ in results])
        kept["reached"][notebook] = ranges([flat(reached) for _, reached in results])
    SPREAD.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def trains(path):
    """Whether a notebook trains models; in one that does not, another seed would only show other random numbers."""
    return any(cell.id.startswith("train") or "fit(" in cell.source for cell in read(path).cells)


def run(path, environment, threads, seed):
    """Execute the notebook at `path` in one way; return what its cells say, and the errors its models reached."""
    notebook = read(path)
    [setup] = [number for number, cell in enumerate(notebook.cells) if cell.id == "setup"]
    vary = VARY.format(threads=threads, seed=seed, loaders=LOADERS)
    notebook.cells.insert(setup + 1, nbformat.v4.new_code_cell(vary))
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith(CLAIMS)]  # `asserts` is about these
    notebook.cells.append(nbformat.v4.new_code_cell(FIGURES))
    waiting = {"OMP_WAIT_POLICY": "passive"}  # else a second thread, where cores are busy, costs tenfold
    execute(notebook, path.parent, os.environ | waiting | environment)
    said = {cell.id: "\n".join(shown(cell)) for cell in notebook.cells if trained(cell)}
    return said, json.loads(notebook.cells[-1].outputs[0].text)


def ranges_of_phrases(runs):
    """Return cell -> phrase -> [lowest, highest] of each of its numbers, for the phrases that all runs say."""
    kept = {}
    for cell in runs[0]:
        said = [phrases(run[cell]) for run in runs]
        of_all = [phrase for phrase in said[0] if all(phrase in found for found in said)]
        kept[cell] = {
            phrase: [
                [min(column), max(column)]
                for column in zip(*([figure.value for figure in found[phrase]] for found in said), strict=True)
            ]
            for phrase in of_all
        }
    return kept


def flat(nested, name=""):
    """Return nested dicts of numbers as one: "reached KorenMF test" -> number."""
    if not isinstance(nested, dict):
        return {name: nested} if nested is not None else {}
    return {key: value for part in nested for key, value in flat(nested[part], f"{name} {part}".strip()).items()}


def ranges(runs):
    """Return name -> [lowest, highest] of the numbers that the runs reached."""
    columns = {name: [run[name] for run in runs if name in run] for name in runs[0]}
    return {name: [min(column), max(column)] for name, column in columns.items()}


def report(paths):
    """Print how far each figure went, and how it can be said."""
    kept = json.loads(SPREAD.read_text(encoding="utf-8"))
    for path in paths:
        print(f"\n{path.stem}: what its models reach{'lowest':>37}{'highest':>10}   say")
        for name, (low, high) in kept["reached"].get(path.stem, {}).items():
            print(f"  {name:64}{low:10.4f}{high:10.4f}   {about(low, high)}")
        print(f"\n{path.stem}: what its cells say")
        for cell, found in kept["figures"].get(path.stem, {}).items():
            for phrase, columns in found.items():
                said = iter([about(*column) for column in columns])
                line = "".join(next(said) if part == "#" else part for part in split(phrase))
                print(f"  {cell:18}{line.replace('about about', 'about')}")


def split(phrase):
    """Return a phrase in parts, so that each # is one."""
    return [part for piece in words(phrase).split("#") for part in (piece, "#")][:-1]


# --- assertions


def asserts(paths, nb_runs, draw, jobs):
    """Run each assertion of the notebooks `nb_runs` times, with other seeds each time; return 1 if one ever failed."""
    seeds = random.Random(draw).sample(range(1, 100_000), nb_runs)
    failures = 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for path in paths:
            parts = list(pool.map(functools.partial(claims, path), [seeds[n::jobs] for n in range(jobs)]))
            for id in parts[0]:
                failures += tell(path, id, [one for part in parts for one in part[id]])
    return int(failures > 0)


def tell(path, id, found):
    """Print how often a cell failed, and by how much each comparison in it held; return the number of failures."""
    failures = sum(error is not None for error, _ in found)
    print(f"\n{path.stem}, {id}: {failures} of {len(found)} runs fail")
    for text in dict.fromkeys(text for _, margins in found for text in margins):
        margins = [margins[text] for _, margins in found if text in margins]
        middle, spread = statistics.median(margins), statistics.stdev(margins) if len(margins) > 1 else 0.0
        print(f"  {text}: by {middle:.4f}, from {min(margins):.4f} to {max(margins):.4f}, ", end="")
        print(f"standard deviation {spread:.4f}; with {ROOM} of them for room, by {middle - ROOM * spread:.4f}")
    for error in {error for error, _ in found if error}:
        print(f"  {error}")
    return failures


def claims(path, seeds):
    """Run the claims of a notebook, and the cells they stand on, from each of `seeds`.

    Returned: for each claim's cell, one (error or None, margins) a seed. What no seed changes runs once.
    """
    cells = {cell.id: cell for cell in read(path).cells if cell.cell_type == "code"}
    found = {id: [] for id in cells if id.endswith(CLAIMS)}
    needed = {cell for id in found for cell in stands_on(cells, id)}
    chancy = depends_on_chance(cells, needed)
    namespace = {"__name__": "__main__"}
    with contextlib.chdir(path.parent), contextlib.redirect_stdout(io.StringIO()):
        for cell in [cell for cell in cells if cell in needed - chancy]:
            perform(cells[cell].source, cell, namespace)
        for number, seed in enumerate(seeds, start=1):
            with seeded(namespace, seed):
                for cell in [cell for cell in cells if cell in chancy or cell in found]:
                    if cell in found:
                        found[cell].append(judged(cells[cell].source, cell, namespace))
                    else:
                        perform(cells[cell].source, cell, namespace)
            failed = sum(error is not None for runs in found.values() for error, _ in runs)
            print(f"{path.stem}: {number} of {len(seeds)} runs, {failed} claims failed", file=sys.stderr, flush=True)
    return found


def perform(source, cell, namespace):
    """Run the source of a cell in `namespace`."""
    exec(compile(source, f"cell {cell}", "exec"), namespace)


@contextlib.contextmanager
def seeded(namespace, seed):
    """Seed all random numbers with `seed`, and while inside also the loaders and the weights that cells make."""
    import torch

    manual_seed, loaders = torch.manual_seed, {name: namespace[name] for name in LOADERS if name in namespace}
    manual_seed(seed)
    random.seed(seed)
    torch.manual_seed = lambda given: manual_seed(given + seed)
    namespace.update({name: functools.partial(loader, seed=seed) for name, loader in loaders.items()})
    try:
        yield
    finally:
        torch.manual_seed = manual_seed
        namespace.update(loaders)


def stands_on(cells, id):
    """Return the cells that `id` needs: those before it that set or change a name which it, or one of them, uses."""
    wanted, needed = global_names(cells[id].source)[0], {"setup"}
    for cell in reversed(list(cells)[: list(cells).index(id)]):
        used, changed = global_names(cells[cell].source)
        if changed & wanted and "checks." not in cells[cell].source:
            needed.add(cell)
            wanted |= used
    return needed


def depends_on_chance(cells, needed):
    """Return those of the cells `needed` that make loaders, draw weights or train, or use what such a cell made."""
    chancy, touched = set(), {"fit", *LOADERS}
    for cell in [cell for cell in cells if cell in needed - {"setup"}]:
        used, changed = global_names(cells[cell].source)
        if used & touched or "manual_seed" in cells[cell].source:
            chancy.add(cell)
            touched |= changed
    return chancy


def global_names(source):
    """Return the names of the notebook that a cell uses, and those that it sets; a function's own are left out."""
    tables = scopes(source)
    symbols = [(tables[0], symbol) for symbol in tables[0].get_symbols()]
    symbols += [(table, symbol) for table in tables[1:] for symbol in table.get_symbols() if symbol.is_global()]
    used = {symbol.get_name() for _, symbol in symbols if symbol.is_referenced()}
    stores = {symbol.get_name() for table, symbol in symbols if table is tables[0] and not symbol.is_referenced()}
    return used, (names(source)[1] & used) | stores


def judged(source, id, namespace):
    """Run the cell of a claim; return why it failed (None if it held), and each comparison's margin."""
    margins = {}
    namespace["note_margin"] = margins.__setitem__
    cell = ast.fix_missing_locations(WithMargins().visit(ast.parse(source)))
    try:
        exec(compile(cell, f"cell {id}", "exec"), namespace)
    except Exception as error:  # a check says what is wrong in an exception of its own kind
        return f"{type(error).__name__}: {error}", margins
    return None, margins


class WithMargins(ast.NodeTransformer):
    """Puts before each assertion what notes by how much its comparisons hold."""

    def visit_Assert(self, claim):
        """Return the notes and the assertion."""
        parts = claim.test.values if isinstance(claim.test, ast.BoolOp) else [claim.test]
        return [*(note for part in parts if isinstance(part, ast.Compare) for note in margins_of(part)), claim]


def margins_of(comparison):
    """Return a statement for each < and > of a comparison that notes its margin."""
    sides, notes = [f"({ast.unparse(side)})" for side in [comparison.left, *comparison.comparators]], []
    for left, operator, right in zip(sides, comparison.ops, sides[1:], strict=False):
        if isinstance(operator, ast.Lt | ast.Gt):
            mark, margin = ("<", f"{right} - {left}") if isinstance(operator, ast.Lt) else (">", f"{left} - {right}")
            notes += ast.parse(f"note_margin({f'{left[1:-1]} {mark} {right[1:-1]}'!r}, float({margin}))").body
    return notes


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
