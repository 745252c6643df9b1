"""Measure: `python -m benchmarks errors | seeds | peers | words | ridge | grading`."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from helpers.errors import PlainError

COMMANDS = {  # each is a function of that name in a module of that name, which is imported only when it is asked for
    "errors": "execute the solution notebooks; print each model's errors as CSV",
    "seeds": "the rating models from five seeds",
    "peers": "KorenMF beside scikit-surprise and cornac, tuned alike",
    "words": "how much sense the nearest words of notebook 4 make",
    "ridge": "tf-idf and ridge regression on the same words, the baseline of the text models",
    "grading": "what marking a submission costs, beside four bare kernels",
}


def main():
    """Parse the command line, do what it says, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--reviews", type=Path, metavar="FILE", help="the file (what the notebooks take if not said)"
        )
        command.add_argument(
            "--fold", type=int, choices=range(8), metavar="F", help="hold out i %% 8 == F (0 if not said)"
        )
    options = parser.parse_args()
    if options.reviews:
        os.environ["RECSYS_REVIEWS"] = str(options.reviews.resolve())
    if options.fold is not None:
        os.environ["RECSYS_FOLD"] = str(options.fold)
    try:
        getattr(importlib.import_module(f"benchmarks.{options.command}"), options.command)()
    except PlainError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
