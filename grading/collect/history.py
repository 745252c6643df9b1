"""All that students handed in, and which of it counts: `python -m grading.collect.history [SUBMITTED]`.

The newest counts, unless you say otherwise: `--count STUDENT NUMBER`; `--count STUDENT newest` takes that back. What
does not count lies in `.earlier/<student>/<number>/`, where the grader does not look.
"""

import argparse
import sys
from pathlib import Path

from grading.collect.earlier import CHOSEN, YES, History
from grading.collect.folder import digest, put
from grading.collect.hand_ins import CollectError
from grading.handed_in.archives import printable
from grading.students import HandedIn, read_history, read_list, write_list
from grading.tables import NoTable

NEWEST = "newest"


def count(folder: Path, student: str, number: str) -> None:
    """Let the hand-in of that number count, or again the newest; raises CollectError."""
    history, known = History(folder), {row.student: row for row in read_list(folder)}
    theirs = {str(each.number): each for each in history.rows.get(student, ())}
    if theirs:
        theirs[NEWEST] = max(theirs.values(), key=lambda each: (float(each.known.modified), each.number))
    if number not in theirs:
        raise CollectError(f"{folder} knows no hand-in {number} of a student {student!r}.")
    before, now = known[student], theirs[number].known
    if digest(folder / student) != before.digest:
        raise CollectError(f"{folder / student} was changed after it was collected: rename or remove it first.")
    if now.digest != before.digest:
        put(history.place(now), folder / student, history.place(before))
    history.note(now, YES if number == NEWEST else CHOSEN)
    write_list(folder, (known | {student: now}).values())
    history.write()


def main(arguments: list[str] | None = None) -> int:
    """Print the history; return 0, or 2 if what was asked for cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m grading.collect.history", description=__doc__.split("\n")[0])
    parser.add_argument("submitted", type=Path, nargs="?", default=Path("submitted"), help="(submitted)")
    parser.add_argument("--count", nargs=2, metavar=("STUDENT", "NUMBER"), help=f"which one counts; or {NEWEST}")
    options = parser.parse_args(arguments)
    try:
        if options.count:
            count(options.submitted.resolve(), *options.count)
        history = read_history(options.submitted)
    except (CollectError, NoTable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    shown = [options.count[0]] if options.count else sorted(history)
    for student in shown:
        print(f"{printable(student)}: {', '.join(map(said, history[student]))}")
    return 0


def said(each: HandedIn) -> str:
    """Return a hand-in in words: "2 (2026-11-24, late, counts)"."""
    facts = [each.known.handed_in[:16].replace("T", " "), "late" if each.known.late else ""]
    facts.append({YES: "counts", CHOSEN: "counts, as you said"}.get(each.counts, ""))
    words = ", ".join(fact for fact in facts if fact)
    return f"{each.number} ({words})" if words else str(each.number)


if __name__ == "__main__":
    sys.exit(main())
