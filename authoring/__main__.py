"""Make the notebooks, what comes of them, and the data they read: `python -m authoring COMMAND`."""

import argparse
import sys
import time
from pathlib import Path

from nbclient.exceptions import CellExecutionError

from authoring.bundle import bundle
from authoring.new_exercise import NotNew, new_exercise
from authoring.notebooks import ROOT, execute, normalise, read, solution_paths, write
from authoring.registry import NotDeclared
from authoring.release import normalise_files, release
from authoring.wheel import wheel
from helpers.errors import PlainError

SITE = ROOT / "dist" / "site"


def main():
    """Parse the command line, do what it says, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m authoring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    solutions = commands.add_parser("solutions", help="execute the solution notebooks and keep their outputs")
    solutions.add_argument("notebooks", nargs="*", type=Path, help="which (all if not said)")
    tidy = commands.add_parser("normalise", help="remove from notebooks what changes with every run")
    tidy.add_argument("notebooks", nargs="*", type=Path, help="which (all solutions if not said)")
    commands.add_parser("release", help="make the student notebooks from the solutions")
    commands.add_parser("bundle", help="pack what students get into a zip, and into a wheel for a hub")
    pages = commands.add_parser("site", help="make the reading copy: the student notebooks as web pages")
    pages.add_argument("folder", nargs="?", type=Path, default=SITE, help="where (dist/site if not said)")
    new = commands.add_parser("new-exercise", help="write the cells and the folder of an exercise, as a first draft")
    new.add_argument("id", help="its id, in words: clip-rating")
    new.add_argument("--notebook", type=int, required=True, help="the number of the notebook: 1")
    data = commands.add_parser("data", help="make the shipped reviews anew, and compare them")
    data.add_argument("--renew", action="store_true", help="put the new ones into their place")
    options = parser.parse_args()
    if options.command == "data":
        from authoring.generator.shipped import remake  # here, since it takes a second that no other command needs

        return remake(options.renew)
    if options.command == "new-exercise":
        return draft(options.id, options.notebook)
    if options.command == "release":
        return made_release()
    if options.command == "site":
        return site(options.folder)
    if options.command == "bundle":
        return bundle() or wheel()
    paths = options.notebooks or solution_paths()
    return refresh(paths) if options.command == "solutions" else tidy_up(paths)


def refresh(paths):
    """Execute each notebook and write it back, normalised; stop at the first cell that fails."""
    for path in paths:
        start = time.perf_counter()
        try:
            notebook = execute(read(path), folder=path.parent)
        except CellExecutionError as error:
            print(f"{path.name} stopped, and was left as it was:\n{error}", file=sys.stderr)
            return 1
        changed = write(normalise(notebook), path)
        print(f"{path.name}: {time.perf_counter() - start:.1f} s, {'changed' if changed else 'as before'}")
    return 0


def tidy_up(paths):
    """Normalise notebooks in place; like any pre-commit hook, fail if that changed one."""
    changed = normalise_files(paths)
    for path in changed:
        print(f"normalised {path}")
    return int(bool(changed))


def draft(id, notebook):
    """Write the first draft of a new exercise, and say where it stands."""
    try:
        written = new_exercise(id, notebook)
    except NotNew as error:
        print(error, file=sys.stderr)
        return 1
    print(*(path.relative_to(ROOT) for path in written), sep="\n")
    print(f"Then type: pytest tests/project/test_house.py tests/exercises -k {id}, which says what is missing.")
    return 0


def made_release():
    """Make the student notebooks; refuse a solution that declares an exercise otherwise than it should."""
    try:
        return release()
    except NotDeclared as error:
        print(error, file=sys.stderr)
        return 1


def site(folder):
    """Make the reading copy in `folder`, with Sphinx, which nothing else here needs."""
    try:
        from authoring.site.build import build

        return build(folder)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing. Type: pip install --editable '.[site]'", file=sys.stderr)
    except PlainError as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
