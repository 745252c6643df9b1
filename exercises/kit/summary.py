"""The summary at the end of a notebook: its exercises, and what the check of each said last."""

from html import escape

from exercises.kit.index import Entry, entries
from helpers.colour import STYLES

Row = tuple[str, str, str, str]  # number, title, state and points

STATES = {"✓": "✓ done", "✗": "✗ not yet", "○": "○ still to do", "": "not checked yet"}
MARKS: dict[str, str] = {}  # id -> ✓, ✗ or ○: the last verdict on an exercise in this process


def note(id: str, mark: str) -> None:
    """Note the last verdict on an exercise."""
    MARKS[id] = mark


def summary(notebook: int) -> "Summary":
    """Return the table of the exercises of `notebook`, 1 for the first: a cell that ends with it shows it."""
    exercises = [exercise for exercise in entries().values() if exercise.notebook == notebook]
    if not exercises:
        raise ValueError(f"There is no exercise in a notebook {notebook}.")
    return Summary(exercises)


class Summary:
    """Exercises as a table: of text in a terminal, in HTML and colour in a notebook."""

    def __init__(self, exercises: list[Entry]) -> None:
        self.exercises = exercises

    def rows(self) -> list[Row]:
        """Return for each exercise its number, title, state and points, four texts; the last row holds the total."""
        checked = [exercise for exercise in self.exercises if not exercise.by_hand]
        total = sum(exercise.points for exercise in checked)
        reached = sum(exercise.points for exercise in checked if MARKS.get(exercise.id) == "✓")
        return [*map(row, self.exercises), ("", "", "points so far", f"{reached} of {total}")]

    def __repr__(self) -> str:
        titles = max(len(exercise.title) for exercise in self.exercises)
        return "\n".join(
            f"{number:4} {title:{titles}}  {state:15}  {points:>7}" for number, title, state, points in self.rows()
        )

    def _repr_html_(self) -> str:
        return "<table>\n" + "\n".join(map(to_html, self.rows())) + "\n</table>"


def row(exercise: Entry) -> Row:
    """Return an exercise's number, title, state and points as texts."""
    if exercise.by_hand:
        return exercise.number, exercise.title, "marked by hand", f"up to {exercise.points}"
    mark = MARKS.get(exercise.id, "")
    reached = exercise.points if mark == "✓" else 0
    return exercise.number, exercise.title, STATES[mark], f"{reached} of {exercise.points}"


def to_html(row: Row) -> str:
    """Return a row of the table as HTML, the state in the colours of its mark."""
    *others, state, points = map(escape, row)
    if style := STYLES.get(state[:1]):
        state = f'<span style="{style.css}; padding: 1px 6px">{state}</span>'
    cells = "".join(f'<td style="text-align: left">{cell}</td>' for cell in [*others, state])
    return f'<tr>{cells}<td style="text-align: right">{points}</td></tr>'
