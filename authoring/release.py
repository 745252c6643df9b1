"""The student version: what nbgrader makes of the solutions, plus what a student's notebook needs."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from nbgrader.preprocessors import NbGraderPreprocessor

from authoring.notebooks import ROOT, normalise, read, write
from authoring.registry import INDEX, Registry

EXPECTED = re.compile(r"<!-- expected picture: ([a-z-]+) -->")
AFTER_A_FOLD = re.compile(r"(?<=</details>)\n\n(?=[^#<\s])")  # a paragraph, which Jupyter would draw right below


class ExpectedPictures(NbGraderPreprocessor):
    """The first step of `nbgrader generate_assignment`: show the picture that a right answer produces.

    Where the text of a solution says `<!-- expected picture: ID -->`, the student reads a folded picture: the one that
    the code cell ID of the executed solution drew.
    """

    def preprocess(self, nb, resources):
        """Put the pictures asked for into the text cells, as attachments."""
        drawn = {cell.id: picture for cell in nb.cells if cell.cell_type == "code" for picture in pictures(cell)}
        for cell in nb.cells:
            for name in EXPECTED.findall(cell.source) if cell.cell_type == "markdown" else ():
                if name not in drawn:
                    raise ValueError(
                        f"Cell {cell.id} expects a picture of cell {name}, which drew none: `make solutions`."
                    )
                cell.setdefault("attachments", {})[f"{name}.png"] = {"image/png": drawn[name]["image/png"]}
                text = folded(name, alt=drawn[name]["text/plain"])
                cell.source = EXPECTED.sub(lambda _, text=text: text, cell.source, count=1)
        return nb, resources


def expected(notebook):
    """Return the cells of a solution whose pictures a student is shown as what a right answer draws."""
    return {name for cell in notebook.cells if cell.cell_type == "markdown" for name in EXPECTED.findall(cell.source)}


def pictures(cell):
    """Return the pictures that a code cell drew: as base64 text under "image/png", in words under "text/plain"."""
    return [output.data for output in cell.outputs if "image/png" in output.get("data", {})]


def folded(name, alt):
    """Return Markdown that shows the attached picture `name` once the reader unfolds it; `alt` says it in words."""
    summary = "<details><summary>What a right answer draws</summary>"
    words = alt.translate(str.maketrans("[]", "()"))  # brackets would end it
    return f"{summary}\n\n![{words}](attachment:{name}.png)\n\n</details>"


class StudentVersion(NbGraderPreprocessor):
    """The last step of `nbgrader generate_assignment`: a file that is the same each time, and that runs to its end.

    A cell that fails normally ends "Run All Cells". The tag `raises-exception` lets Jupyter go on, so that one who
    leaves an exercise for later still sees what each later cell says. The tag `not-graded` stays: Validate leaves these
    cells out.
    """

    def preprocess(self, nb, resources):
        """Normalise the notebook, empty its counts, and let each code cell fail without ending the run."""
        normalise(nb)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.execution_count = None
                kept = [tag for tag in cell.metadata.get("tags", []) if tag == "not-graded"]
                cell.metadata["tags"] = ["raises-exception", *kept]
            elif cell.cell_type == "markdown":
                cell.source = AFTER_A_FOLD.sub("\n<br>\n\n", cell.source)
        return nb, resources


def release(assignment="recommenders2"):
    """Write the index of the exercises and the student notebooks below the root; return nbgrader's exit code.

    The notebooks are made beside the old ones, and take their place when all of them are there. The gradebook is left
    alone: nbgrader would refuse to change an assignment that somebody has handed in.
    """
    INDEX.write_text(Registry().index(), encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".release-") as made:
        options = ["--force", "--no-db", f"--CourseDirectory.release_directory={made}"]
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, *options]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code == 0:
            put(Path(made) / assignment, ROOT / "notebooks" / assignment)
    return code


def put(made, released):
    """Move the files of one folder to another, and remove notebooks there that were not made any more."""
    released.mkdir(parents=True, exist_ok=True)
    for path in made.iterdir():
        path.replace(released / path.name)
    for path in released.glob("*.ipynb"):
        if path.stem not in {solution.stem for solution in (ROOT / "solutions" / released.name).glob("*.ipynb")}:
            path.unlink()


def normalise_files(paths):
    """Normalise the notebooks at `paths` in place; return those that changed."""
    return [path for path in paths if write(normalise(read(path)), path)]
