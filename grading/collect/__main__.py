"""Collect what students handed in, from where the platform puts it: `python -m grading.collect SOURCE`.

SOURCE is a download of Moodle's or Canvas's (the zip, or the folder that it was unpacked to), a folder of clones of
GitHub Classroom's or its list of repositories, the folder `inbound` of nbgrader's exchange, or a folder with a folder
or an archive per student.
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from grading.collect.folder import KEPT, NEW, REPLACED, SAME, Folder, Outcome
from grading.collect.hand_ins import CollectError, HandIn, Source, in_line
from grading.collect.rosters import Roster
from grading.collect.sources import PLATFORMS, recognised
from grading.handed_in.archives import printable
from grading.moments import moment
from grading.students import LIST
from grading.tables import NoTable

OF_OTHERS = (
    "{options.roster} is of another course or assignment than {options.source}: it has none of these students, or most "
    "under other names. Nothing was collected. For teams, leave --roster out."
)
MOST_NOTES = 10  # of a student, or of the whole, that are printed


def main(arguments: list[str] | None = None) -> int:
    """Collect; return 0 if all went well, 1 if something of a student's could not be collected, 2 if nothing could."""
    options = parse(arguments)
    try:
        if options.into.resolve().is_relative_to(options.source.resolve()):
            raise CollectError(f"{options.into} lies in {options.source}: collect into another folder.")
        roster = Roster(options.roster)
        source = recognised(options.source, roster, options.deadline, options.platform)
        if roster.platform not in (None, source.platform):
            raise CollectError(f"{options.roster} is {roster.words}, and {options.source} is {source.words}.")
        if roster.is_of_others:
            raise CollectError(OF_OTHERS.format(options=options))
        if roster.words:
            print(f"{options.roster}: {roster.words}, {len(roster.people)} students")
        print(f"{options.source}: {source.words}, {len(source.hand_ins)} to collect")
        outcomes, failures = collect(Folder(options.into, source, options.in_time), source.hand_ins)
    except (CollectError, NoTable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    tell(options, source, outcomes, failures, roster)
    return int(bool(failures))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m grading.collect", description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="the zip, the folder, or the list of repositories")
    parser.add_argument("--into", type=Path, default=Path("submitted"), help="the folder of submissions (submitted)")
    parser.add_argument("--roster", type=Path, help="who is who: a CSV of GitHub Classroom's, Moodle's or Canvas's")
    parser.add_argument("--deadline", type=moment, help="take what was there before: 2026-11-24T23:59")
    parser.add_argument("--in-time", action="store_true", help="a late hand-in does not replace one that was in time")
    parser.add_argument("--as", dest="platform", choices=PLATFORMS, help="what SOURCE is, if it is not recognised")
    return parser.parse_args(arguments)


def collect(folder: Folder, hand_ins: list[HandIn]) -> tuple[list[Outcome], dict[str, str]]:
    """Put hand-ins into a folder; return the outcomes, and {student's name: why} of those that failed."""
    outcomes, failures = [], {}
    for hand_in in tqdm(hand_ins, unit="student", desc="collecting", file=sys.stderr, disable=None):
        try:
            outcomes.append(folder.take(hand_in))
        except CollectError as error:
            failures[printable(hand_in.name)] = str(error)
    return outcomes, failures


def tell(
    options: argparse.Namespace, source: Source, outcomes: list[Outcome], failures: dict[str, str], roster: Roster
) -> None:
    """Print what was collected, and what was not."""
    for state in (NEW, REPLACED, SAME, KEPT):
        if students := [outcome.student for outcome in outcomes if outcome.state == state]:
            print(f"{len(students):>5} {state}{f': {in_line(students)}' if state in (REPLACED, KEPT) else ''}")
    if empty := [outcome.student for outcome in outcomes if not outcome.files]:
        print(f"{len(empty):>5} with no notebook and no archive: {in_line(empty)}")
    if others := [person.name for person in roster.others()]:
        print(f"{len(others):>5} in {options.roster} of whom nothing was found: {in_line(others)}")
    for name, why in failures.items():
        print(f"{name} could not be collected: {why}")
    for note in first(source.notes):
        print(note)
    for outcome in outcomes:
        for note in first(outcome.notes):
            print(f"{outcome.student}: {note}")
    if outcomes:
        print(f"Who is who is in {options.into / LIST}. Next: python -m grading {options.into}")


def first(notes: list[str]) -> list[str]:
    """Return notes; of very many, the first, and how many more there are."""
    return notes if len(notes) <= MOST_NOTES else [*notes[:MOST_NOTES], f"... and {len(notes) - MOST_NOTES} more"]


if __name__ == "__main__":
    sys.exit(main())
