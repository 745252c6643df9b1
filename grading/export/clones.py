"""Students' pages, written into a folder of clones of their GitHub repositories: one file in each, and nothing else.

Nothing is run there, and git is not called: a command to commit the files is printed.
"""

import argparse
import os
import shlex
from pathlib import Path

from grading.collect.repositories import is_clone
from grading.course import ASSIGNMENT
from grading.export.filling import Export, ExportError, Match
from grading.export.marks import Marks
from grading.files import replace, student_folder
from grading.publishing.feedback import PAGE
from grading.students import Known

COMMIT = """To commit and push these files alone, type
  for page in {folder}/*/{page}; do (cd "$(dirname "$page")" && git add --force {page} &&
    git -c core.hooksPath=/dev/null commit --quiet --message Feedback -- {page} && git push --quiet); done"""


def export(marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace) -> Export:
    """Write the pages; return (None, the Match of students who have one, notes). Raises ExportError if nobody has.

    A file of a student's own that has the page's name stays, and so does everything that is no clone.
    """
    written, without = dict[str, int](), dict[str, str]()
    for student in sorted(marks):
        page = student_folder(options.course, "feedback", student, ASSIGNMENT) / PAGE
        if student not in known or known[student].platform != "github":
            without[student] = "was not collected from github"
        elif not page.is_file() or page.is_symlink():
            without[student] = "has no page: grade again"
        else:
            clone = options.out / Path(known[student].id).name
            if not is_clone(clone):
                without[student] = f"has no clone {clone}"
            elif is_of_others(clone / PAGE, page.read_bytes()):
                without[student] = f"has another {clone / PAGE}, which stays"
            else:
                written[student] = len(written)
                replace(clone / PAGE, page.read_bytes())
    if not written:
        why = "; ".join(f"{student} {reason}" for student, reason in list(without.items())[:3]) or "nobody is marked"
        raise ExportError(f"No page was written into {options.out}: {why}.")
    return None, Match(written, without), [COMMIT.format(folder=shlex.quote(str(options.out)), page=PAGE)]


def is_of_others(path: Path, page: bytes) -> bool:
    """Whether something lies at `path` that is no page of ours; all pages begin alike, up to the title."""
    if not os.path.lexists(path):
        return False
    head = page[: page.find(b"<title>")]
    if path.is_symlink() or not path.is_file():
        return True
    with path.open("rb") as file:
        return file.read(len(head)) != head
