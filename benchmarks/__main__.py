"""Measure: `python -m benchmarks COMMAND`, such as `all`, `rating`, `ranking` or `errors`; `--help` lists them."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from helpers.errors import PlainError

COMMANDS = {  # each is a function of that name in a module of that name, which is imported only when it is asked for
    "errors": "execute the solution notebooks; print each model's errors as CSV",
    "ranking": "lists of ten for every user: notebook 5's models beside the popular list and other libraries",
    "seeds": "the rating models from five seeds",
    "words": "how much sense the nearest words of notebook 4 make",
    "grading": "what marking a submission costs, beside plain nbgrader",
}
MEASURED = {  # each is a part of the report
    "rating": "KorenMF beside the original recipe, other libraries and a compiled loop; at 10 and 100 times the data",
    "text": "the models of words beside the original recipe and tf-idf with ridge regression",
    "loading": "from file to first batch, beside pandas and polars",
    "session": "each solution notebook from start to end, beside the original loops",
}
ALL = "all of the parts above and what grading costs: the report, with tables and pictures"


def main():
    """Parse the command line, do what it says, and return the exit code."""
    options = arguments()
    if options.reviews:
        os.environ["RECSYS_REVIEWS"] = str(options.reviews.resolve())
    if options.fold is not None:
        os.environ["RECSYS_FOLD"] = str(options.fold)
    try:
        if options.command in COMMANDS:
            command = getattr(importlib.import_module(f"benchmarks.{options.command}"), options.command)
            command(csv=options.csv) if options.command == "ranking" else command()
            return 0
        from benchmarks.everything import PARTS, everything

        everything(
            PARTS if options.command == "all" else [options.command], options.quick, options.whole, options.folder
        )
    except PlainError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def arguments():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in {**COMMANDS, **MEASURED, "all": ALL}.items():
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--reviews", type=Path, metavar="FILE", help="the file (what the notebooks take if not said)"
        )
        command.add_argument(
            "--fold", type=int, choices=range(8), metavar="F", help="hold out i %% 8 == F (0 if not said)"
        )
        if name == "ranking":
            command.add_argument("--csv", action="store_true", help="print means over the seeds as CSV")
        if name not in COMMANDS:
            command.add_argument("--quick", action="store_true", help="once, few configurations, no large data")
            command.add_argument("--whole", action="store_true", help="the original loops to their end: 20 min more")
            command.add_argument("--folder", type=Path, default=Path("dist") / "bench", help="where the report goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
