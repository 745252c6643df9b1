"""Print, exercise by exercise, how the checks judge the bank of answers and the mutants of the solutions.

`python tests/bank.py` ends with exit code 0 only if every right answer is accepted, every wrong one refused with the
words that it should hear, and every mutant refused that is not known to be right. What is not so is listed below the
table.
"""

import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import torch
from answer_bank import (
    EXERCISES,
    answers,
    complaints_about_acceptance,
    complaints_about_refusal,
    complaints_about_words,
    hand_in,
    solution,
)
from mutants import mutants_of
from right_mutants import right_mutants

COLUMNS = ["right accepted", "wrong refused", "with the right words", "mutants killed"]
PROCESSES = 2


def judge(exercise):
    """Return for each column how many there are and how many are as they should be, and a line for each other one."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
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
        if mutant.line not in right_mutants(exercise):
            note("mutants killed", f"mutant `{mutant.line}`", ["accepted"] if survived else [])
        elif not survived:
            faults.append(f"{exercise}, mutant `{mutant.line}`: refused, but listed as right")
    return tried, passed, faults


def row(name, tried, passed):
    """Return a line of the table."""
    return f"{name:24}" + "".join(f"{f'{passed[column]}/{tried[column]}':>{len(column) + 3}}" for column in COLUMNS)


def main():
    """Print the table, and return the exit code."""
    start, tried, passed, faults = time.perf_counter(), Counter(), Counter(), []
    print(f"{'exercise':24}" + "".join(f"{column:>{len(column) + 3}}" for column in COLUMNS))
    with ProcessPoolExecutor(PROCESSES) as pool:
        for exercise, (tried_here, passed_here, faults_here) in zip(EXERCISES, pool.map(judge, EXERCISES), strict=True):
            print(row(exercise, tried_here, passed_here), flush=True)
            tried, passed, faults = tried + tried_here, passed + passed_here, faults + faults_here
    print(row("all", tried, passed))
    right = sum(len(right_mutants(exercise)) for exercise in EXERCISES)
    print(
        f"{right} more mutants are right: see mutants_that_are_right.toml. {time.perf_counter() - start:.0f} seconds."
    )
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
