"""Lists of who is who: GitHub Classroom's roster, Moodle's grading worksheet, Canvas's gradebook."""

import re
import unicodedata
from typing import NamedTuple

from grading.tables import NoTable, Table


class Person(NamedTuple):
    """What a list says of a student."""

    name: str
    email: str = ""


class Roster:
    """A roster, or none; it knows who of it was asked for."""

    def __init__(self, path=None):
        self.platform, self.people, self.asked = None, {}, set()
        if path:
            self.platform, self.people = read(Table(path))

    def identifier(self, user):
        """Return what the instructor calls the GitHub user of that name, or ""."""
        found = self._of("github", user.casefold())
        return found.name if found else ""

    def user_of(self, repository):
        """Return the longest user name that a repository's name ends in, `<assignment>-<user>`, or ""."""
        users = self.people if self.platform == "github" else ()
        return max((user for user in users if repository.casefold().endswith(f"-{user}")), key=len, default="")

    def person(self, platform, id, name=None):
        """Return the Person of that id, who must have the name that the platform says; None if there is none."""
        found = self._of(platform, id)
        if not found or not found.name or (platform == "moodle" and name is not None and not agree(name, found.name)):
            return None
        return found

    def others(self):
        """Return the people who were not asked for: nothing of theirs was found."""
        return [person for id, person in self.people.items() if id not in self.asked]

    def _of(self, platform, id):
        if platform != self.platform or id not in self.people:
            return None
        self.asked.add(id)
        return self.people[id]


def read(table):
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


def people(ids, names=None, emails=None):
    """Return {id: Person} of columns; rows without an id are nobody's."""
    names, emails = names or [""] * len(ids), emails or [""] * len(ids)
    rows = zip(ids, names, emails, strict=True)
    return {id: Person(name.strip(), email if "@" in email else "") for id, name, email in rows if id}


def number(identifier):
    """Return the number at the end of an identifier of Moodle's, `Participant 123` in any language, or ""."""
    found = re.search(r"\d+$", identifier.strip())
    return found[0] if found else ""


def agree(name, full_name):
    """Whether a name in a download of Moodle's may be this full name, before which a group or a user name may stand."""
    return bool(letters(full_name)) and letters(name).endswith(letters(full_name))


def letters(name):
    """Return the letters and digits of a name: Moodle leaves out some of the other characters."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())
