"""`nbgrader release_feedback`, and formgrader's buttons for it, give out our page.

nbgrader would release a page of its own for each notebook, and stop at the first student whose files did not come
through the exchange. A student's server asks for a page for each notebook that was submitted: each of these is ours.
"""

from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from grading.course import Course
from grading.files import replace, student_folder
from grading.handed_in.secret import secret_in
from grading.publishing.feedback import PAGE

MOST_NOTEBOOKS = 100  # of a student, that a page is released for


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Named in nbgrader_config.py as what releases feedback."""

    def copy_files(self) -> None:
        """Put everybody's page where their servers look for it, and name those whose servers would not find it."""
        directory, without = self.coursedir, []
        excluded = directory.student_id_exclude.split(",")
        pages = f"{directory.feedback_directory}/{directory.student_id or '*'}/{directory.assignment_id}/{PAGE}"
        for page in sorted(Path(directory.root).glob(pages)):
            student = page.parent.parent.name
            if student in excluded:
                continue
            kinds = directory.autograded_directory, directory.submitted_directory
            marked, now = (student_folder(directory.root, kind, student, directory.assignment_id) for kind in kinds)
            if secret := secret_in(marked):
                own = sorted(path.stem for path in now.glob("*.ipynb"))[:MOST_NOTEBOOKS]
                for name in {*Course(directory.root).released, *own}:
                    hashed = notebook_hash(secret=secret, notebook_id=name)
                    replace(Path(self.dest_path, f"{hashed}.html"), page.read_bytes())
                self.log.info("Feedback released to %s.", student)
            else:
                without.append(student)
        if without:
            self.log.warning("Not released, since it was not handed in through the exchange: %s.", ", ".join(without))
