"""What Moodle calls the columns of its grading worksheet, in the language of whoever downloads it.

Moodle takes each heading from its language packs (mod/assign/gradingtable.php). The worksheet is imported in the same
language again, so that headings are never changed here.
"""

from typing import NamedTuple

from grading.tables import NoTable, Table


class Headings(NamedTuple):
    """The columns of a worksheet that are read or filled."""

    id: str
    name: str
    email: str
    status: str
    grade: str
    most: str
    feedback: str


LANGUAGES = {
    "English": Headings(
        "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Feedback comments"
    ),
    "German": Headings(
        "ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung", "Feedback als Kommentar"
    ),
    "French": Headings(
        "Identifiant", "Nom complet", "Adresse de courriel", "Statut", "Note", "Note maximale",
        "Feedback par commentaires",
    ),
    "Spanish": Headings(
        "Identificador", "Nombre completo", "Dirección de correo", "Estado", "Calificación", "Calificación máxima",
        "Comentarios de retroalimentación",
    ),
}  # fmt: skip
LATE = ("late", "später", "verspätet", "en retard", "después")  # how a piece of a status ends that says how late
ENGLISH = LANGUAGES["English"]


def headings(table: Table, given: list[str] | None = None) -> tuple[str, Headings]:
    """Return (language, Headings) of a worksheet, as they stand there, in whatever capitals.

    The language is the one that most headings are of. given: those that differ, ENGLISH=NAME. Raises NoTable.
    """
    there = {name.casefold(): name for name in table.header}
    language = max(LANGUAGES, key=lambda language: sum(name.casefold() in there for name in LANGUAGES[language]))
    names = [there.get(name.casefold(), name) for name in LANGUAGES[language]]
    for english, _, name in (text.partition("=") for text in given or ()):
        if english not in ENGLISH or not name:
            raise NoTable(f"--column {english}={name}: say one of {', '.join(ENGLISH)}, then = and its name there.")
        names[ENGLISH.index(english)] = name
    return language, Headings(*names)


def is_worksheet(table: Table) -> bool:
    """Whether a table is a grading worksheet that says who is who."""
    _, names = headings(table)
    return names.id in table.header and not {names.name, names.email}.isdisjoint(table.header)


def is_late(status: str) -> bool:
    """Whether a status of Moodle's says that something was handed in late: "Submitted - 2 hours late - Graded"."""
    pieces = [piece.strip() for piece in status.casefold().split(" - ")]
    return any(piece[:1].isdigit() and piece.endswith(LATE) for piece in pieces)
