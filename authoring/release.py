"""The student version: what nbgrader makes of the solutions, plus what a student's notebook needs."""

import re
import subprocess
import sys

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
    """Write the index of the exercises, and run `nbgrader generate_assignment` in the root; return its exit code."""
    INDEX.write_text(Registry().index(), encoding="utf-8")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def normalise_files(paths):
    """Normalise the notebooks at `paths` in place; return those that changed."""
    return [path for path in paths if write(normalise(read(path)), path)]
