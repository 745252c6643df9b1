"""Lists of who is who: GitHub Classroom's roster, Moodle's grading worksheet, Canvas's gradebook."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from grading.collect.headings import LANGUAGES, headings, is_late, is_worksheet
from grading.tables import NoTable, Table


class Person(NamedTuple):
    """What a list says of a student."""

    name: str
    email: str = ""
    late: bool = False  # as the platform says


class Roster:
    """A roster, or none; it knows who of it was asked for."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path, self.platform, self.words = path, None, ""
        self.people: dict[str, Person] = {}
        self.asked: set[str] = set()
        self.strangers: set[str] = set()  # who are asked for under another name
        if path:
            self.platform, self.words, self.people = read(Table(path))

    def identifier(self, user: str) -> str:
        """Return what the instructor calls the GitHub user of that name, or ""."""
        found = self._of("github", user.casefold())
        return found.name if found else ""

    def user_of(self, repository: str) -> str:
        """Return the longest user name that a repository's name ends in, `<assignment>-<user>`, or ""."""
        users = self.people if self.platform == "github" else ()
        return max((user for user in users if repository.casefold().endswith(f"-{user}")), key=len, default="")

    def person(self, platform: str, id: str, name: str | None = None) -> Person | None:
        """Return the Person of that id, who must have the name that the platform says; None if there is none."""
        found = self._of(platform, id)
        if not found or not found.name:
            return None
        if platform == "moodle" and name is not None and not agree(name, found.name):
            self.strangers.add(id)
            return None
        return found

    @property
    def is_of_others(self) -> bool:
        """Whether nobody who was asked for is in it, or most are there under other names: it is of another class."""
        return bool(self.people) and len(self.asked) <= 2 * len(self.strangers)

    def others(self) -> list[Person]:
        """Return the people who were not asked for: nothing of theirs was found."""
        return [person for id, person in self.people.items() if id not in self.asked]

    def _of(self, platform: str, id: str) -> Person | None:
        if platform != self.platform or id not in self.people:
            return None
        self.asked.add(id)
        return self.people[id]


def read(table: Table) -> tuple[str, str, dict[str, Person]]:
    """Return a roster's platform, how it was read, in words, and {id: Person}. Raises NoTable."""
    if {"identifier", "github_username"} <= set(table.header):
        users = [  # some have none yet
            user.casefold() or f"row {n}" for n, user in enumerate(table.cells("github_username"))
        ]
        return "github", f"GitHub Classroom's roster ({table.form})", people(table, users, "identifier")
    if is_worksheet(table):
        language, names = headings(table)
        ids = [number(text) for text in table.cells(names.id)]
        found = people(table, ids, names.name, names.email, names.status)
        return "moodle", f"Moodle's grading worksheet ({table.form}, {language} headings)", found
    if {"Student", "ID"} <= set(table.header):
        found = people(table, table.cells("ID"), "Student", "SIS Login ID")
        return "canvas", f"Canvas's gradebook ({table.form})", found
    raise NoTable(
        f"{table.path} is no roster: it has neither the columns 'identifier' and 'github_username' (GitHub Classroom), "
        "nor 'Identifier' and 'Full name' (Moodle's grading worksheet, also in "
        f"{', '.join(list(LANGUAGES)[1:])}), nor 'Student' and 'ID' (Canvas's gradebook)."
    )


def people(table: Table, ids: list[str], *columns: str) -> dict[str, Person]:
    """Return {id: Person} of a table; rows without an id are nobody's.

    columns: of names, e-mail addresses, and what Moodle says of the hand-in; what is not there is empty.
    """
    cells = [table.cells(column) if column in table.header else [""] * len(ids) for column in columns]
    found: dict[str, Person] = {}
    for id, name, *more in zip(ids, *cells, strict=True):
        email, status, *_ = [*more, "", ""]
        if id in found:
            raise NoTable(f"{table.path} has {id!r} in two rows: download it again.")
        if id:
            found[id] = Person(name.strip(), email if "@" in email else "", is_late(status))
    if not found:
        raise NoTable(f"{table.path} names no student: download it again.")
    return found


def number(identifier: str) -> str:
    """Return the number at the end of an identifier of Moodle's, `Participant 123` in any language, or ""."""
    found = re.search(r"\d+$", identifier.strip())
    return found[0] if found else ""


def agree(name: str, full_name: str) -> bool:
    """Whether a name in a download of Moodle's may be this full name, before which a group or a user name may stand."""
    return bool(letters(full_name)) and letters(name).endswith(letters(full_name))


def letters(name: str) -> str:
    """Return the letters and digits of a name: Moodle leaves out some of the other characters."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())
