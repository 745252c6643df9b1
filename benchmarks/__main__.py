"""Measure: `python -m benchmarks errors | seeds | peers | words | ridge`."""

import argparse
import os
import sys
from pathlib import Path

from helpers.errors import PlainError


def main():
    """Parse the command line, do what it says, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    errors = commands.add_parser("errors", help="execute the solutions on a file; print each model's errors as CSV")
    errors.add_argument("--fold", type=int, default=0, choices=range(8), metavar="F", help="hold out i %% 8 == F")
    commands.add_parser("seeds", help="the rating models from five seeds")
    commands.add_parser("peers", help="KorenMF beside scikit-surprise and cornac, tuned alike")
    words = commands.add_parser("words", help="how much sense the nearest words of notebook 4 make")
    ridge = commands.add_parser(
        "ridge", help="tf-idf and ridge regression on the same words, as the text models' baseline"
    )
    for command in (errors, words, ridge):
        command.add_argument(
            "--reviews", type=Path, metavar="FILE", help="the file (what the notebooks take if not said)"
        )
    options = parser.parse_args()
    if getattr(options, "reviews", None):
        os.environ["RECSYS_REVIEWS"] = str(options.reviews.resolve())
    try:
        run(options)
    except PlainError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(options):
    """Run one command; what each needs is imported only then."""
    if options.command == "errors":
        from benchmarks.errors import notebook_errors, write_errors

        write_errors(notebook_errors(options.fold))
    elif options.command == "words":
        from benchmarks.words import words

        words()
    elif options.command == "ridge":
        from benchmarks.ridge import ridge

        ridge()
    elif options.command == "seeds":
        from benchmarks.seeds import seeds

        seeds()
    else:
        from benchmarks.peers import peers

        peers()


if __name__ == "__main__":
    sys.exit(main())
