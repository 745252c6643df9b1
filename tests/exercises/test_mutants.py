"""Small mistakes in the solutions: the checks refuse each of them that is one."""

import pytest

from tests.kit import answer_bank
from tests.kit.answer_bank import EXERCISES, TOO_SLOW, complaints_about_refusal, hand_in, solution
from tests.kit.equivalent_mutants import equivalent_mutants, reasons
from tests.kit.mutants import mutants_of

one_thread = pytest.fixture(scope="module", autouse=True)(answer_bank.one_thread)
CELL = """\
def f(users, items):
    out = ...
    ### BEGIN SOLUTION
    out = 2 * users.sum(dim=1)
    ### END SOLUTION
    return out
"""


@pytest.mark.proof
@pytest.mark.filterwarnings("ignore")  # Python and torch warn of many of them
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_mutant_is_refused_in_a_few_lines_or_known_to_be_right(exercise):
    accepted, refused, complaints = set(), set(), []
    for mutant in mutants_of(solution(exercise)):
        outcome = hand_in(exercise, mutant.source)
        if outcome.refusal is None:
            accepted.add(mutant.line)
        else:
            refused.add(mutant.line)
            if outcome.refusal != TOO_SLOW:  # a loop that never ends: no check can answer, and marking has its limit
                complaints += complaints_about_refusal(outcome, exercise)
    listed = equivalent_mutants(exercise)
    assert sorted(accepted - listed) == [], "mend the check, or say in equivalent.toml why these are right"
    assert sorted(listed - accepted) == [], "these are listed as equivalent, but not accepted (any more)"
    assert sorted(listed & refused) == [], "these lines stand for two mutants"
    assert complaints == []


def test_each_mutant_that_is_right_has_its_reason_and_stands_in_the_list_once():
    for exercise in EXERCISES:
        groups = reasons(exercise)
        lines = [line for group in groups for line in group["mutants"]]
        assert len(set(lines)) == len(lines)
        assert all(len(group["because"].split()) >= 5 for group in groups)


def test_mutants_are_mistakes_of_many_kinds():
    assert {mutant.line for mutant in mutants_of(CELL)} == {
        "without out = 2 * users.sum(dim=1)",
        "out = 2 + users.sum(dim=1)",
        "out = 2 - users.sum(dim=1)",
        "out = 2 / users.sum(dim=1)",
        "out = 2",
        "out = users.sum(dim=1)",
        "out = 3 * users.sum(dim=1)",
        "out = 1 * users.sum(dim=1)",
        "out = 0 * users.sum(dim=1)",
        "out = -2 * users.sum(dim=1)",
        "out = 2 * users.sum()",
        "out = 2 * users.sum(dim=2)",
        "out = 2 * users.sum(dim=0)",
        "out = 2 * users.sum(dim=-1)",
        "out = 2 * users.sum(dim=1, keepdim=True)",
        "out = 2 * users.mean(dim=1)",
        "out = 2 * items.sum(dim=1)",
        "out = 2 * users.sum(dim=1).detach()",
        "out = 2 * users.sum(dim=1).item()",
        "out = 2 * users.sum(dim=1).tolist()",
        "out = 2 * -users.sum(dim=1)",
    }


def test_only_the_solution_is_mutated():
    for mutant in mutants_of(CELL):
        assert mutant.source.startswith("def f(users, items):\n    out = ...\n")
        assert mutant.source.endswith("\n    return out")


@pytest.mark.proof
def test_there_are_enough_mutants_to_mean_something():
    assert all(len(mutants_of(solution(exercise))) >= 15 for exercise in EXERCISES)
