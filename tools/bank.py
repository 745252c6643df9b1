"""Print, exercise by exercise, how the checks judge the bank of answers and the mutants of the solutions.

`python -m tools.bank` takes all exercises, `python -m tools.bank row-dot koren-mf` these. It ends with exit code 0 only
if every right answer is accepted, every wrong one refused with the words that it should hear, and every mutant refused
that is not known to be right. What is not so is listed below the table.
"""

import argparse
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import torch

from tests.kit.answer_bank import (
    EXERCISES,
    answers,
    complaints_about_acceptance,
    complaints_about_refusal,
    complaints_about_words,
    hand_in,
    solution,
)
from tests.kit.equivalent_mutants import equivalent_mutants
from tests.kit.mutants import mutants_of

COLUMNS = ["right accepted", "wrong refused", "with the right words", "mutants killed"]
PROCESSES = 2


def judge(exercise):
    """Return for each column how many there are and how many are as they should be, and a line for each other one."""
    tried, passed, faults = Counter(), Counter(), []

    def note(column, name, complaints):
        tried[column] += 1
        passed[column] += not complaints
        faults.extend(f"{exercise}, {name}: {complaint}" for complaint in complaints[:1])

    for file in answers("right", exercise):
        outcome = hand_in(exercise, file.read_text(encoding="utf-8"))
        note("right accepted", f"right/{file.stem}", complaints_about_acceptance(outcome))
    for file in answers("wrong", exercise):
        source = file.read_text(encoding="utf-8")
        outcome, name = hand_in(exercise, source), f"wrong/{file.stem}"
        note("wrong refused", name, ["accepted"] if outcome.refusal is None else [])
        feedback = complaints_about_refusal(outcome, exercise) + complaints_about_words(outcome, source)
        note("with the right words", name, feedback)
    for mutant in mutants_of(solution(exercise)):
        survived = hand_in(exercise, mutant.source).refusal is None
        if mutant.line not in equivalent_mutants(exercise):
            note("mutants killed", f"mutant `{mutant.line}`", ["accepted"] if survived else [])
        elif not survived:
            faults.append(f"{exercise}, mutant `{mutant.line}`: refused, though listed as right")
    return tried, passed, faults


def row(name, counts):
    """Return a line of the table; counts: of each column, a text."""
    return f"{name:24}" + "".join(f"{counts[column]:>{len(column) + 3}}" for column in COLUMNS)


def report(results):
    """Print the table of the `results` by exercise, and return the exit code."""
    tried, passed, faults = Counter(), Counter(), []
    print(row("exercise", {column: column for column in COLUMNS}))
    for exercise, (tried_here, passed_here, faults_here) in results:
        print(row(exercise, fractions(passed_here, tried_here)), flush=True)
        tried, passed, faults = tried + tried_here, passed + passed_here, faults + faults_here
    print(row("all", fractions(passed, tried)))
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def fractions(passed, tried):
    """Return for each column how many of how many, as text."""
    return {column: f"{passed[column]}/{tried[column]}" for column in COLUMNS}


def start_process():
    """Use one thread, since models this small are slower on many, and hold back warnings: many answers deserve some."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")


def main():
    """Judge exercises in two processes, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bank", description=__doc__)
    parser.add_argument("exercises", nargs="*", default=[*EXERCISES], metavar="ID", help="which; by default all")
    exercises = parser.parse_args().exercises
    if unknown := set(exercises) - set(EXERCISES):
        parser.error(f"there is no exercise {', '.join(sorted(unknown))}. There are {', '.join(EXERCISES)}")
    start = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES, initializer=start_process) as pool:
        code = report(zip(exercises, pool.map(judge, exercises), strict=True))
    right = sum(len(equivalent_mutants(exercise)) for exercise in exercises)
    print(f"{right} more mutants are right, for the reasons in exercises/*/equivalent.toml.")
    print(f"It took {time.perf_counter() - start:.0f} seconds.")
    return code


if __name__ == "__main__":
    sys.exit(main())
