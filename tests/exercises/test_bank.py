"""The table of `python -m tools.bank`."""

import pytest

from exercises import checks
from tools import bank

pytestmark = pytest.mark.filterwarnings("ignore")  # Python and torch warn of many answers


def test_the_table_counts_what_is_as_it_should_be(capsys):
    assert bank.report([("row-dot", bank.judge("row-dot"))]) == 0
    header, line, total = capsys.readouterr().out.splitlines()
    assert header.split() == ["exercise", *" ".join(bank.COLUMNS).split()]
    assert line.split()[0] == "row-dot"
    for fraction in line.split()[1:]:
        passed, tried = fraction.split("/")
        assert passed == tried
    assert total.split() == ["all", *line.split()[1:]]


def test_a_check_that_accepts_everything_is_found_out(capsys, monkeypatch):
    monkeypatch.setattr(checks, "row_dot", lambda answer: print("✓ Exercise 1.1: 1 point."))
    assert bank.report([("row-dot", bank.judge("row-dot"))]) == 1
    output = capsys.readouterr().out
    assert "row-dot, wrong/sum_over_the_batch: accepted" in output
    assert "row-dot, mutant `dots = (a - b).sum(dim=1)`: accepted" in output


def test_a_check_that_refuses_everything_is_found_out(capsys, monkeypatch):
    def refuse(answer):
        raise checks.Wrong("✗ Exercise 1.1: no.")

    monkeypatch.setattr(checks, "row_dot", refuse)
    assert bank.report([("row-dot", bank.judge("row-dot"))]) == 1
    output = capsys.readouterr().out
    assert "row-dot, right/as_taught: refused" in output
    assert "row-dot, mutant `dots = (a * b).sum(dim=-1)`: refused, though listed as right" in output
