"""Lists of who is who: GitHub Classroom's roster, Moodle's grading worksheet, Canvas's gradebook."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from grading.tables import NoTable, Table


class Person(NamedTuple):
    """What a list says of a student."""

    name: str
    email: str = ""


class Roster:
    """A roster, or none; it knows who of it was asked for."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.platform: str | None = None
        self.people: dict[str, Person] = {}
        self.asked: set[str] = set()
        if path:
            self.platform, self.people = read(Table(path))

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
        if not found or not found.name or (platform == "moodle" and name is not None and not agree(name, found.name)):
            return None
        return found

    def others(self) -> list[Person]:
        """Return the people who were not asked for: nothing of theirs was found."""
        return [person for id, person in self.people.items() if id not in self.asked]

    def _of(self, platform: str, id: str) -> Person | None:
        if platform != self.platform or id not in self.people:
            return None
        self.asked.add(id)
        return self.people[id]


def read(table: Table) -> tuple[str, dict[str, Person]]:
    """Return a roster's platform, and {id: Person}."""
    columns = {name: table.cells(name) for name in table.header if name and table.header.count(name) == 1}
    if {"identifier", "github_username"} <= columns.keys():
        users = [
            user.casefold() or f"row {n}" for n, user in enumerate(columns["github_username"])
        ]  # some have none yet
        return "github", people(users, columns["identifier"])
    if "Identifier" in columns and {"Full name", "Email address"} & columns.keys():
        numbers = [number(text) for text in columns["Identifier"]]
        return "moodle", people(numbers, columns.get("Full name"), columns.get("Email address"))
    if {"Student", "ID"} <= columns.keys():
        return "canvas", people(columns["ID"], columns["Student"], columns.get("SIS Login ID"))
    raise NoTable(
        f"{table.path} is no roster: it has neither the columns 'identifier' and 'github_username' (GitHub Classroom), "
        "nor 'Identifier' and 'Full name' (Moodle's grading worksheet), nor 'Student' and 'ID' (Canvas's gradebook)."
    )


def people(ids: list[str], names: list[str] | None = None, emails: list[str] | None = None) -> dict[str, Person]:
    """Return {id: Person} of columns; rows without an id are nobody's."""
    names, emails = names or [""] * len(ids), emails or [""] * len(ids)
    rows = zip(ids, names, emails, strict=True)
    return {id: Person(name.strip(), email if "@" in email else "") for id, name, email in rows if id}


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
