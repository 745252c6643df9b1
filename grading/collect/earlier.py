"""What was collected into a folder of submissions, hand-in by hand-in; what does not count lies where nobody looks."""

from pathlib import Path

from grading.handed_in.submissions import EARLIER
from grading.students import HandedIn, Known, read_history, write_history

YES, CHOSEN = "yes", "chosen"


class History:
    """What was collected into a folder of submissions, hand-in by hand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.rows = folder, read_history(folder)

    def chosen(self, student: str) -> HandedIn | None:
        """Return the hand-in that a person said counts."""
        return next((each for each in self.rows.get(student, ()) if each.counts == CHOSEN), None)

    def knows(self, known: Known) -> bool:
        """Whether this hand-in was collected before."""
        return any(each.known.digest == known.digest for each in self.rows.get(known.student, ()))

    def number(self, known: Known) -> int:
        """Return the number of this hand-in among the student's; one that is new gets the next."""
        theirs = self.rows.setdefault(known.student, [])
        if not self.knows(known):
            theirs.append(HandedIn(len(theirs) + 1, "", known))
        return next(each.number for each in theirs if each.known.digest == known.digest)

    def place(self, known: Known) -> Path:
        """Return where this hand-in lies while another one counts."""
        return self.folder / EARLIER / known.student / str(self.number(known))

    def note(self, known: Known, counts: str = "") -> None:
        """Note that of this student's hand-ins this one counts; what a person said of it stays, unless it is given."""
        number, theirs = self.number(known), self.rows[known.student]
        counts = counts or theirs[number - 1].counts or YES
        self.rows[known.student] = [each._replace(counts="") for each in theirs]
        self.rows[known.student][number - 1] = HandedIn(number, counts, known)

    def write(self) -> None:
        """Write the history down."""
        write_history(self.folder, self.rows)
