"""Put marks and pages where students find them: `python -m grading.export moodle`, `canvas`, `pages` or `clones`.

The file that the platform gave is filled and written anew beside it: Moodle's grading worksheet, or Canvas's gradebook.
For Moodle without a worksheet, it is a plain list that the gradebook of a Moodle course imports. The pages of a class
come in one zip, as Moodle and Canvas take them, or each in its clone of a GitHub repository.
"""

import argparse
import sys
from pathlib import Path

from grading.course import Course
from grading.export import canvas, clones, moodle, pages
from grading.export.filling import ExportError, Match
from grading.export.marks import Marks, read_marks
from grading.files import replace
from grading.publishing.database import GradebookError
from grading.students import LIST, collected
from grading.tables import NoTable


def main(arguments: list[str] | None = None) -> int:
    """Export; return 0 if everybody's row is in the file, 1 if somebody's is not, 2 if there is no file."""
    options = parse(arguments)
    try:
        marks = read_marks(Course(options.course.resolve()))
        known = collected(options.submitted or options.course / "submitted")
        content, match, notes = options.export(marks, known, options)
        if content is not None:
            replace(options.out, content)
    except (ExportError, NoTable, GradebookError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    tell(marks, match, notes, options)
    return int(bool(match.without))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--course", type=Path, default=Course().root, help="the folder of solutions and gradebook")
    where.add_argument("--submitted", type=Path, help=f"the folder of submissions, for its {LIST}")
    common = argparse.ArgumentParser(add_help=False, parents=[where])
    common.add_argument("--by", metavar="COLUMN", help="match this column with students' names and e-mail addresses")
    common.add_argument("--out-of", type=float, help="scale the points, for instance to 100")
    common.add_argument("--unfinished", action="store_true", help="also the points so far of whom a person has to mark")
    parser = argparse.ArgumentParser(prog="python -m grading.export", description=__doc__.split("\n")[0])
    platforms = parser.add_subparsers(required=True, metavar="PLATFORM")
    worksheet = platforms.add_parser("moodle", parents=[common], help="Moodle's grading worksheet, or a plain list")
    worksheet.add_argument("--worksheet", type=Path, help="the grading worksheet, downloaded from the assignment")
    worksheet.add_argument("--column", action="append", default=[], metavar="ENGLISH=NAME", help="a column there")
    worksheet.add_argument("--out", type=Path, default=Path("marks-moodle.csv"), help="(marks-moodle.csv)")
    worksheet.set_defaults(export=moodle.export)
    gradebook = platforms.add_parser("canvas", parents=[common], help="Canvas's gradebook")
    gradebook.add_argument("--gradebook", type=Path, required=True, help="the gradebook, exported from the course")
    gradebook.add_argument("--assignment", required=True, help="the assignment's name there")
    gradebook.add_argument("--out", type=Path, default=Path("marks-canvas.csv"), help="(marks-canvas.csv)")
    gradebook.set_defaults(export=canvas.export)
    packed = platforms.add_parser("pages", parents=[where], help="the students' pages, in a zip to upload")
    packed.add_argument("--platform", choices=pages.NAMES, required=True, help="where students were collected from")
    packed.add_argument("--out", type=Path, default=Path("feedback.zip"), help="(feedback.zip)")
    packed.set_defaults(export=pages.export, unfinished=True)
    cloned = platforms.add_parser("clones", parents=[where], help="the students' pages, each in its clone")
    cloned.add_argument("out", type=Path, metavar="FOLDER", help="the folder of clones")
    cloned.set_defaults(export=clones.export, unfinished=True)
    return parser.parse_args(arguments)


def tell(marks: dict[str, Marks], match: Match, notes: list[str], options: argparse.Namespace) -> None:
    """Print what was written and what was not."""
    pages_only = options.export in (pages.export, clones.export)  # they say themselves what a person has still to mark
    waiting = {} if pages_only else {student: marks[student].waits for student in match.rows if marks[student].waits}
    written = len(match.rows) - (0 if options.unfinished else len(waiting))
    print(f"{options.out}: {written} of {len(marks)} students have a {'page' if pages_only else 'mark'} in it.")
    for note in notes:
        print(note)
    if waiting:
        said = "have the points so far" if options.unfinished else "have no mark"
        print(f"{len(waiting)} {said}, since a person has still to mark:")
        for student, titles in waiting.items():
            print(f"  {student}: {', '.join(titles)}")
    for student in match.rows:
        if marks[student].again:
            print(f"{student}: look again at what was marked by hand: {', '.join(marks[student].again)}")
    for student, why in match.without.items():
        print(f"{student} {why}, and is left out.")


if __name__ == "__main__":
    sys.exit(main())
