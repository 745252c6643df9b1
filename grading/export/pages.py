"""Students' pages, packed as a platform takes feedback files for a whole class.

Moodle reads a folder's name, `name_number_assignfeedback_file` (mod/assign/feedback/file/importziplib.php). Canvas
reads a file's name, `name_user_attachment_...`, and wants the attachment to be one of that student's hand-in
(Assignment#infer_comment_context_from_filename). For GitHub there is a folder per repository, to copy over the clones.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from grading.course import ASSIGNMENT
from grading.export.filling import ExportError, Match
from grading.export.marks import Marks
from grading.files import student_folder
from grading.publishing.feedback import PAGE
from grading.students import Known

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same bytes


def export(
    marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace
) -> tuple[bytes, Match, list[str]]:
    """Return the zip, the Match of the students whose pages are in it, and notes; raises ExportError if none is."""
    file, packed, without = io.BytesIO(), dict[str, int](), dict[str, str]()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for student in sorted(marks):
            page = student_folder(options.course, "feedback", student, ASSIGNMENT) / PAGE
            if student not in known or known[student].platform != options.platform:
                without[student] = f"was not collected from {options.platform}"
            elif not page.is_file() or page.is_symlink():
                without[student] = "has no page: grade again"
            elif name := NAMES[options.platform](known[student]):
                packed[student] = len(packed)
                archive.writestr(ZipInfo(name, LONG_AGO), page.read_bytes(), ZIP_DEFLATED)
            else:
                without[student] = f"has no number that {options.platform} could find them by"
    if not packed:
        why = "; ".join(f"{student} {reason}" for student, reason in list(without.items())[:3]) or "nobody is marked"
        raise ExportError(f"There is no page to pack for {options.platform}: {why}.")
    return file.getvalue(), Match(packed, without), []


def for_moodle(person: Known) -> str:
    """Return the place of a page for Moodle, "" if it has no number of the student's."""
    return f"{plain(person.name)}_{person.id}_assignfeedback_file/{PAGE}" if person.id.isdecimal() else ""


def for_canvas(person: Known) -> str:
    """Return the place of a page for Canvas, "" if it lacks the student's number or that of a file handed in."""
    numbers = (person.id, person.submission)
    return f"{plain(person.name)}_{'_'.join(numbers)}_{PAGE}" if all(map(str.isdecimal, numbers)) else ""


def for_github(person: Known) -> str:
    """Return the place of a page in a folder of repositories."""
    return f"{Path(person.id).name}/{PAGE}"


def plain(name: str) -> str:
    """Return a name in letters: what parts the rest of a file's name stands in none, nor does what leads elsewhere."""
    return "".join(letter for letter in name if letter.isalpha() or letter == " ").strip() or "student"


NAMES: dict[str, Callable[[Known], str]] = {"moodle": for_moodle, "canvas": for_canvas, "github": for_github}
