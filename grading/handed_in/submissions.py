"""From a folder to submissions: whose notebooks are where, however they were named, packed and put.

Looked for are the notebooks of the course, anywhere below a student's folder or in an archive, and modules of the
student's own beside them. A `helpers/` or anything else that is sent along is never read. Links are never followed.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from grading.course import ASSIGNMENT, Course
from grading.handed_in.archives import ARCHIVES, UNKNOWN_ARCHIVES, Source, Unreadable, printable, shown
from grading.handed_in.reading import read_notebook
from grading.handed_in.recognition import Cell, defined_name, plain

__all__ = ["Source", "Submission", "Unreadable", "find_submissions", "left_out", "read_notebook"]

MAX_DEPTH = 6  # folders within folders
MAX_NESTED = 3  # archives within archives, the outermost counted
MAX_ARCHIVES = 10  # of a student's
MAX_ENTRIES = 5_000  # of a student's folders, all together
MAX_NOTEBOOKS = 30  # that are looked into to see which of ours they are
MAX_CANDIDATES = 8  # for one of ours
FEWEST_FEATURES = 3  # cells and names that a file has in common with one of ours, to be taken for it
ENOUGH_FEATURES = 10  # also if it has as many in common with another
MAX_CLASS_LOOKED_AT = 50  # students, to see whether they are some
MAX_NOTES = 20  # sentences about a student's files
MAX_MODULES, MAX_MODULE = 50, 2**20  # files of the student's own code, and bytes of one
TOO_MANY = f"There are more than {MAX_ENTRIES:,} files, and not all were looked at."
EARLIER = ".earlier"  # where collecting puts what students handed in before
NO_STUDENTS = {EARLIER, ".ipynb_checkpoints", ".git", "__MACOSX", "__pycache__", "lost+found"}
OURS = {"helpers", "exercises", "authoring", "grading", "start.py"}  # the session's own, which students have
# Browsers save a notebook as text or as JSON: `01_x.ipynb.txt`, `01_x.ipynb (1).json`
NOTEBOOK = re.compile(r"\.ipynb[^./]{0,10}(\.(txt|json))?$|^0\d[ _-].*\.json$", re.IGNORECASE)


class Submission(NamedTuple):
    """What a student handed in."""

    student: str
    files: "Mapping[str, Source | Content]"  # by the notebook's name; a name is not there if its notebook is missing
    notes: list[str]  # sentences for the instructor
    modules: dict[str, dict[str, Source]]  # by the notebook's name: Python files beside it, by their path there
    digests: dict[str, str]  # of the content of each notebook that is there, and of its modules


class Content(NamedTuple):
    """What was handed in of one notebook."""

    notebook: bytes | None  # None if it is missing, or unreadable
    unreadable: str  # why it is
    modules: dict[str, bytes]  # the student's own code beside it, by its path there

    @property
    def digest(self) -> str:
        """A digest of all of it."""
        parts = [self.unreadable.encode() if self.notebook is None else self.notebook]
        parts += [part for path, data in sorted(self.modules.items()) for part in (path.encode(), data)]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


NOTHING = Content(None, "", {}).digest  # that of a notebook that was not handed in


class Found(NamedTuple):
    """A notebook file of a student's."""

    source: Source
    modified: float


def find_submissions(folder: str | Path, course: Course) -> list[Submission]:
    """Return the submissions in `folder`, sorted by student; one for each folder and each archive's name in it.

    Laid out as `<student>/recommenders2/*.ipynb`, or otherwise below `<student>/`, also in archives there, or as an
    archive `<student>.zip`. Nobody is left out: whose notebooks are not found has a submission without files.
    """
    folder = class_folder(Path(folder), course)
    return [submission(student, folder, entries, course) for student, entries in students(folder)]


def students(folder: Path) -> list[tuple[str, list[os.DirEntry[str]]]]:
    """Return the students in `folder` in order, each with the folders and archives that are theirs."""
    entries = defaultdict(list)
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if is_student(entry):
            entries[without_suffix(entry.name) if not is_folder(entry) else entry.name].append(entry)
    found: dict[str, list[os.DirEntry[str]]] = {}
    for name, theirs in entries.items():
        found[unique(printable(name), set(found))] = theirs
    return sorted(found.items(), key=lambda pair: pair[0])


def class_folder(folder: Path, course: Course) -> Path:
    """Return where the students' folders are: in `folder`, or in the only folder in it, if that holds a whole class.

    It does if two of what is in it hold the same notebook: then they are of two students.
    """
    there = [entry for entry in os.scandir(folder) if is_student(entry)]
    if len(there) != 1 or not is_folder(there[0]):
        return folder
    inner, seen = folder / there[0].name, set[str]()
    with suppress(OSError):  # it will be said when it is looked into as a student's
        for _, entries in students(inner)[:MAX_CLASS_LOOKED_AT]:
            search = Search(inner)
            for entry in entries:
                search.entry(entry, ())
            names = [file.source.name for file in search.found]
            held = {named(name, course) for name in names if is_notebook(name)} - {None}
            if held & seen:
                return inner
            seen |= {name for name in held if name}
    return folder


def left_out(folder: Path) -> list[str]:
    """Return the names in `folder` that stand for no student: stray files. Hidden files go without saying."""
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    return [printable(entry.name) for entry in entries if not is_student(entry) and not entry.name.startswith(".")]


def is_student(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of the folder of submissions is a student's: a folder, an archive, or a link in their place."""
    is_some_archive = is_archive(entry.name) or is_unknown_archive(entry.name)
    return entry.name not in NO_STUDENTS and (entry.is_dir() or is_some_archive)


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, and no link to one."""
    return entry.is_dir(follow_symlinks=False)


def is_archive(name: str) -> bool:
    """Whether a file of that name is an archive that can be read."""
    return name.lower().endswith(ARCHIVES)


def is_unknown_archive(name: str) -> bool:
    """Whether a file of that name is an archive that cannot be read."""
    return name.lower().endswith(UNKNOWN_ARCHIVES) and not is_archive(name)


def without_suffix(name: str) -> str:
    """Return an archive's name without `.zip` or whatever it ends in."""
    suffix = next((suffix for suffix in ARCHIVES + UNKNOWN_ARCHIVES if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)] or name


def unique(name: str, taken: set[str]) -> str:
    """Return `name`, or if it is taken `name (2)`, and so on."""
    count = 2
    tried = name
    while tried in taken:
        tried, count = f"{name} ({count})", count + 1
    return tried


def submission(student: str, root: Path, entries: list[os.DirEntry[str]], course: Course) -> Submission:
    """Return the submission whose folder and archives are the `entries` of `root`."""
    search = Search(root)
    for entry in entries:
        search.entry(entry, ())
    files = choose(search.found, course, search.notes)
    modules = {name: beside(source, search.modules, search.notes) for name, source in files.items()}
    found = Submission(student, files, few(search.notes), {name: own for name, own in modules.items() if own}, {})
    return found._replace(digests={name: content_of(found, name).digest for name in files})


def few(notes: list[str]) -> list[str]:
    """Return different sentences; of very many the first, and how many more there are."""
    different = list(dict.fromkeys(notes))
    more = len(different) - MAX_NOTES
    return different if more <= 0 else [*different[:MAX_NOTES], f"... and {more:,} more notes on these files."]


def beside(notebook: Source, modules: list[Source], notes: list[str]) -> dict[str, Source]:
    """Return the student's own modules in the folder of a notebook and below it, by their paths there."""
    folder = notebook.path[:-1]
    found = {
        "/".join(source.path[len(folder) :]): source
        for source in modules
        if source.path[: len(folder)] == folder and is_importable(source.path[len(folder) :])
    }
    if len(found) > MAX_MODULES:
        notes.append(f"Beside {notebook} are more than {MAX_MODULES} Python files; the first {MAX_MODULES} were taken.")
    return dict(sorted(found.items())[:MAX_MODULES])


class Search:
    """The search for all notebooks of a student, whatever they are called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[Found] = []
        self.modules: list[Source] = []
        self.notes: list[str] = []
        self.entries, self.archives = 0, 0

    def entry(self, entry: os.DirEntry[str], above: tuple[str, ...]) -> None:
        """Look at an entry of the folder at `above`, a path in parts."""
        parts = (*above, entry.name)
        label = shown("/".join(parts))
        self.entries += 1
        if entry.is_symlink():
            self.notes.append(f"{label} is a link, and links are not followed.")
        elif is_folder(entry):
            self.folder(parts)
        elif is_wanted(entry.name) and not entry.is_file(follow_symlinks=False):
            self.notes.append(f"{label} is no regular file.")
        elif is_archive(entry.name):
            self.archive(Source(self.root, parts))
        elif is_notebook(entry.name) or (is_json(entry.name) and entry.is_file(follow_symlinks=False)):
            self.found.append(Found(Source(self.root, parts), entry.stat(follow_symlinks=False).st_mtime))
        elif is_module(entry.name):
            self.modules.append(Source(self.root, parts))
        elif is_unknown_archive(entry.name):
            self.notes.append(f"{label} is an archive that is not read: only zip, tar and tar.gz are.")

    def folder(self, parts: tuple[str, ...]) -> None:
        """Look through a folder."""
        if len(parts) > MAX_DEPTH:
            self.notes.append(f"{shown('/'.join(parts))} lies too deep within folders, and was not looked into.")
            return
        try:
            with os.scandir(self.root.joinpath(*parts)) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.notes.append(f"{shown('/'.join(parts))} cannot be looked into: {error.strerror}.")
            return
        for entry in entries:
            if self.entries >= MAX_ENTRIES:
                self.notes.append(TOO_MANY)
                break
            if entry.name not in NO_STUDENTS:
                self.entry(entry, parts)

    def archive(self, source: Source) -> None:
        """Look through an archive, and archives in it."""
        self.archives += 1
        if len(source.inside) >= MAX_NESTED or self.archives > MAX_ARCHIVES:
            self.notes.append(f"{source} is one archive too many, and was not looked into.")
            return
        try:
            members = source.members()
        except Unreadable as error:
            self.notes.append(str(error))
            return
        for member in members:
            if self.entries >= MAX_ENTRIES:
                self.notes.append(TOO_MANY)
                break
            self.entries += 1
            inner = source._replace(inside=(*source.inside, member.name))
            if not NO_STUDENTS.isdisjoint(member.name.split("/")):
                continue
            if is_archive(member.name):
                self.archive(inner)
            elif is_notebook(inner.name) or is_json(inner.name):
                self.found.append(Found(inner, member.modified))
            elif is_module(inner.name):
                self.modules.append(inner)


def is_wanted(name: str) -> bool:
    """Whether a file of that name is worth a note if it cannot be read."""
    return is_archive(name) or is_notebook(name)


def is_notebook(name: str) -> bool:
    """Whether a file of that name is a notebook; what macOS and Jupyter keep for themselves beside notebooks is not."""
    return bool(NOTEBOOK.search(name)) and not name.startswith("._") and "-checkpoint.ipynb" not in name


def is_json(name: str) -> bool:
    """Whether a file of that name may be a notebook that was saved as JSON under a name of its own."""
    return name.lower().endswith(".json") and not name.startswith(".")


def is_module(name: str) -> bool:
    """Whether a file of that name is code that a notebook may import."""
    return name.endswith(".py") and name[:-3].isidentifier()


def is_importable(path: tuple[str, ...]) -> bool:
    """Whether a module at that path beside a notebook can be imported there, and is the student's own."""
    return path[0] not in OURS and all(folder.isidentifier() for folder in path[:-1])


# which file is which notebook


def choose(found: list[Found], course: Course, notes: list[str]) -> dict[str, Source]:
    """Return the files to take for the notebooks of the course, by name, and add to `notes` what was not obvious."""
    candidates = defaultdict(list)
    for n, file in enumerate(sorted(found, key=lambda file: not is_notebook(file.source.name))):
        is_data = not is_notebook(file.source.name)  # or a notebook, which its content alone tells
        name = None if is_data else named(file.source.name, course)
        if not name and n < MAX_NOTEBOOKS:
            name = recognised(file.source, course, [] if is_data else notes)
        if name:
            candidates[name].append(file)
        elif not is_data:
            notes.append(f"{file.source} is none of the notebooks of the course.")
    files = {}
    for name in course.released:
        if candidates[name]:
            files[name] = chosen(candidates[name], name, course, notes)
            if not files[name].name.lower().endswith(".ipynb"):
                notes.append(f"{files[name]} was taken for {name}.ipynb.")
    return files | merged(files, course, notes)


def merged(files: dict[str, Source], course: Course, notes: list[str]) -> dict[str, Source]:
    """Return the files that hold, besides their own notebook, one that was not handed in: {its name: file}."""
    missing, found = [name for name in course.released if name not in files], {}
    for source in set(files.values()) if missing else ():
        try:
            told = features([Cell(node) for node in read_notebook(source).cells])
        except Unreadable:  # it will be said when it is marked
            continue
        for name in missing:
            answers = {defined_name(one.stub) for one in course.automatic.values() if one.notebook == name}
            if answers & told and len(features_of_release(course)[name] & told) >= FEWEST_FEATURES:
                found[name] = source
                notes.append(f"{name} was not handed in by itself; its cells in {source} were taken.")
    return dict(sorted(found.items()))


def named(file_name: str, course: Course) -> str | None:
    """Return the notebook whose name stands in the name of a file: `Copy of 01_reviews_to_batches (1).ipynb`."""
    words = re.sub(r"[\W_]+", "_", Path(file_name).stem.lower())
    return next((name for name in course.released if name.lower() in words), None)


def recognised(source: Source, course: Course, notes: list[str]) -> str | None:
    """Return the notebook with which a file has most cells in common, or None."""
    try:
        cells = [Cell(node) for node in read_notebook(source).cells]
    except Unreadable as error:
        notes.append(f"{source}: {error}")
        return None
    scores = {name: len(ours & features(cells)) for name, ours in features_of_release(course).items()}
    best = max(scores, key=lambda name: scores[name])  # of a file that holds several, the first with most
    tied = sorted(scores.values())[-2:-1] == [scores[best]]
    if scores[best] < FEWEST_FEATURES or (tied and scores[best] < ENOUGH_FEATURES):
        return None
    notes.append(f"{source} was taken for {best} because of its cells.")
    return best


def features(cells: list[Cell]) -> set[str]:
    """Return what is telling in some cells: their texts, and the names that they define."""
    return {cell.text for cell in cells} | {name for cell in cells for name in cell.defines}


@cache
def features_of_release(course: Course) -> dict[str, set[str]]:
    """Return the features of each notebook of the course that none of the others has."""
    found = {}
    for name, notebook in course.released.items():
        answers = {defined_name(one.stub) for one in course.automatic.values() if one.notebook == name}
        found[name] = {plain(cell.source) for cell in notebook.cells} | answers
    return {
        name: own.difference(*(others for other, others in found.items() if other != name))
        for name, own in found.items()
    }


def chosen(candidates: list[Found], name: str, course: Course, notes: list[str]) -> Source:
    """Return the file to take of those that may be the notebook `name`.

    One with answers comes before one as released, then the one of the right name, in the right folder, the latest.
    """
    if len(candidates) == 1:
        return candidates[0].source

    def rank(file: Found) -> tuple[bool, bool, float]:
        return file.source.name == f"{name}.ipynb", ASSIGNMENT in file.source.path[:-1], file.modified

    candidates = sorted(candidates, key=lambda file: str(file.source))
    candidates = sorted(candidates, key=rank, reverse=True)[:MAX_CANDIDATES]
    looks = [(*looked_at(file.source, name, course), file.source) for file in candidates]
    _, digest, first = max(looks, key=lambda look: look[0])  # of several it returns the first
    others = [str(source) for _, other, source in looks if other != digest]
    if others:
        notes.append(f"Several files may be {name}: {first} was taken, and not {', '.join(others)}.")
    return first


def looked_at(source: Source, name: str, course: Course) -> tuple[int, str]:
    """Return of a file how much there is in it (0 unreadable, 1 as released, 2 answers), and a digest of it."""
    try:
        data = source.read()
        cells = read_notebook(data).cells
    except Unreadable:
        return 0, str(source)
    released = {plain(cell.source) for cell in course.released[name].cells}
    return 1 + any(plain(cell.source) not in released for cell in cells), hashlib.sha256(data).hexdigest()


def content_of(submission: Submission, name: str) -> Content:
    """Return the Content of a notebook: None and "" if it is missing; modules that cannot be read are left out."""
    if name not in submission.files:
        return Content(None, "", {})
    file = submission.files[name]
    if isinstance(file, Content):
        return file
    modules = {}
    for path, source in submission.modules.get(name, {}).items():
        with suppress(Unreadable):
            modules[path] = source.read(MAX_MODULE)
    try:
        return Content(file.read(), "", modules)
    except Unreadable as unreadable:
        return Content(None, str(unreadable), {})


def held(submission: Submission) -> Submission:
    """Return a submission that holds what was handed in, wherever its files go."""
    contents = {name: content_of(submission, name) for name in submission.files}
    return submission._replace(
        files=contents, modules={}, digests={name: content.digest for name, content in contents.items()}
    )
