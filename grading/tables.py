"""CSV files of other programs, in which some cells are filled and all else stays byte for byte as it was."""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MARK = "\ufeff"  # with which some programs begin a file, and all a file of UTF-16
ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}  # Excel's "Unicode text"
# Where a spreadsheet would find a formula: at the beginning, and where one that goes by another delimiter sees a cell
# begin; also behind quotes, spaces, or in the wide characters of East Asia
FORMULA = r"(?=['\"\s]*[=+\-@＝＋－＠])"
BEFORE_FORMULA = re.compile(rf"(\A|[;\t|\r\n]){FORMULA}")
GUARDED_FORMULA = re.compile(rf"(\A|[;\t|\r\n])'{FORMULA}")


class NoTable(ValueError):
    """A file that cannot be read as the table it should be; the text says which, where, and what to do."""


class Table:
    """A CSV file with a header: its cells as text, and a way to fill some of them."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        content = self.path.read_bytes()
        self.encoding = ENCODINGS.get(content[:2], "utf-8")
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise NoTable(f"{path} is neither UTF-8 nor UTF-16: save it as CSV UTF-8, or download it again.")
        self.start, text = (MARK, text[1:]) if text.startswith(MARK) else ("", text)
        first = text.split("\n", 1)[0]
        self.delimiter = max(DELIMITERS, key=first.count)
        self.raw, self.ends = self._split(text)
        if not self.raw or len(self.raw[0]) < 2:
            raise NoTable(f"{path} is no table: its first line holds no names of columns.")
        self.header = [value(field) for field in self.raw[0]]

    def _split(self, text: str) -> tuple[list[list[str]], list[str]]:
        """Return the fields of each row as they are written, and what ends each row."""
        other = re.escape(self.delimiter)
        field = re.compile(rf'("(?:[^"]|"")*"|[^"\r\n{other}][^\r\n{other}]*|)({other}|\r\n|\r|\n|\Z)')
        rows: list[list[str]] = []
        ends: list[str] = []
        row: list[str] = []
        where = 0
        while where < len(text) or row:
            found = field.match(text, where)
            if not found:
                raise NoTable(f"{self.path}, line {text.count(chr(10), 0, where) + 1}: the quotes are broken.")
            row.append(found[1])
            where = found.end()
            if found[2] != self.delimiter:
                rows.append(row)
                ends.append(found[2])
                row = []
        return rows, ends

    def __len__(self) -> int:
        return len(self.raw) - 1

    def column(self, name: str) -> int:
        """Return the position of a column; raises NoTable if it is not there, or twice."""
        if self.header.count(name) == 1:
            return self.header.index(name)
        said = "has no column" if name not in self.header else "has more than one column"
        raise NoTable(f"{self.path} {said} {name!r}, but: {', '.join(map(repr, self.header))}.")

    def cell(self, row: int, column: int) -> str:
        """Return the text of a cell, empty where the row is too short. Row 0 is the one below the header."""
        fields = self.raw[row + 1]
        return value(fields[column]) if column < len(fields) else ""

    def cells(self, name: str) -> list[str]:
        """Return the texts of the column `name`, from top to bottom."""
        column = self.column(name)
        return [self.cell(row, column) for row in range(len(self))]

    def fill(self, row: int, column: int, text: str) -> None:
        """Write `text` into a cell."""
        fields = self.raw[row + 1]
        fields += [""] * (column + 1 - len(fields))
        fields[column] = quoted(text, self.delimiter)

    def keep(self, columns: Sequence[int]) -> None:
        """Keep only `columns`, given by their positions."""
        for row, fields in enumerate(self.raw):
            self.raw[row] = [fields[column] for column in columns if column < len(fields)]
        self.header = [self.header[column] for column in columns]

    def content(self) -> bytes:
        """Return the whole file, in the encoding that it had."""
        lines = [self.delimiter.join(fields) + end for fields, end in zip(self.raw, self.ends, strict=True)]
        return (self.start + "".join(lines)).encode(self.encoding)

    @property
    def form(self) -> str:
        """How the file was read, in words."""
        return f"{self.encoding[:6].upper().rstrip('-')}, {DELIMITERS[self.delimiter]}"


def value(field: str) -> str:
    """Return what a field says, without the quotes around it."""
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def quoted(text: str, delimiter: str = ",") -> str:
    """Return a text as a field, in quotes where it needs them."""
    if text == text.strip() and not {delimiter, '"', "\n", "\r"} & set(text):
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def no_formula(text: str) -> str:
    """Return `text` with an apostrophe before what a spreadsheet would calculate; `as_written` removes it."""
    return BEFORE_FORMULA.sub(r"\1'", text)


def as_written(field: str) -> str:
    """Return what `no_formula` was given."""
    return GUARDED_FORMULA.sub(r"\1", field)
