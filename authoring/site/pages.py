"""The pages' sources: a Markdown file for each student notebook, and one for the front, made from the README."""

import base64
import json
import re

from authoring.notebooks import RELEASE, ROOT, SOLUTIONS, read, solution_paths
from authoring.site.outputs import is_graded, of_given_cells
from helpers.errors import PlainError

DRAWN = "What a right answer draws"  # as the notebooks say it
LEFT_OUT = "summary", "summary-text"  # the table of what a student has done so far
ATTACHED = re.compile(r"!\[[^]]*\]\(attachment:([a-z-]+)\.png\)")
EXERCISE = re.compile(r"^(?=\*\*(?:Exercise (\d)\.(\d)|Open question)\b)", re.MULTILINE)
ABOUT = """\
These pages are for reading: on a phone, or again before the exam. The exercises wait for you in the notebooks. What
code prints is shown here unless it takes an answer of yours; pictures that take one are folded away.
"""


def write_sources(folder):
    """Write the sources of all pages, and their pictures, into `folder`."""
    (folder / "pictures").mkdir(parents=True)
    pages = [Page(path.stem, folder / "pictures") for path in solution_paths()]
    for page in pages:
        (folder / f"{page.name}.md").write_text(page.text(), encoding="utf-8")
    (folder / "index.md").write_text(front(pages), encoding="utf-8")


def front(pages):
    """Return the front page: what the README says of the session, with a link to each of the pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    session, heading, _ = readme.partition("## Students\n")
    if not heading:
        raise ValueError("README.md has no heading `## Students`, above which it says what the session is.")
    for page in pages:
        session = session.replace(f"`{page.name}`", f"[{page.title}]({page.name}.md)")
    contents = "\n".join(["```{toctree}", ":hidden:", "", *(page.name for page in pages), "```"])
    return "\n".join([session, ABOUT, contents, ""])


class Page:
    """One notebook as Markdown: texts, code, and what of the outputs may be seen."""

    def __init__(self, name, pictures):
        """name: of the notebook, without its suffix. pictures: the folder that they are written to."""
        self.name, self.pictures = name, pictures
        self.student, self.solved = read(RELEASE / f"{name}.ipynb"), read(SOLUTIONS / f"{name}.ipynb")
        texts = [cell.source for cell in self.student.cells if cell.cell_type == "markdown"]
        self.attached = {name for text in texts for name in ATTACHED.findall(text)}

    @property
    def title(self):
        """The heading, without the name of the session, which stands on every page."""
        return self.student.cells[0].source.splitlines()[0].split(" · ", 1)[1]

    def text(self):
        """Return the page; write its pictures."""
        outputs = of_given_cells(self.student, self.solved)
        parts = [f"# {self.title}"]
        for cell in self.student.cells:
            if cell.id not in LEFT_OUT:
                parts += self.prose(cell) if cell.cell_type == "markdown" else self.code(cell)
                parts += self.gave(cell, *outputs[cell.id]) if cell.id in outputs else []
        return "\n\n".join(parts) + "\n"

    def prose(self, cell):
        """Yield a text, with its attached pictures as files, and with a name for each exercise."""
        if is_graded(cell):  # the place of a student's own text
            return
        text = cell.source.partition("\n")[2] if cell.id == "title" else cell.source
        text = ATTACHED.sub(lambda match: self.picture(match[1]), text)
        yield EXERCISE.sub(lambda match: f"{{.exercise #{anchor(*match.groups())}}}\n", text).strip()

    def code(self, cell):
        """Yield the code of a cell, folded where it says little; of an exercise, the part where the answer goes."""
        if is_graded(cell):
            if cell.metadata.nbgrader.solution:
                yield block(cell.source, "answer")
        elif cell.id == "setup":
            yield folded("Set-up", block(cell.source))
        elif cell.id.endswith("-assert"):
            yield folded("What the notebook asserts", block(cell.source))
        else:
            yield block(cell.source)

    def gave(self, cell, outputs, depends):
        """Yield what a given cell gave. If an answer has a part in it: pictures alone, folded, and none twice."""
        for output in outputs:
            data = output.get("data", {})
            if "image/png" in data:
                if not depends:
                    yield self.picture(cell.id)
                elif cell.id not in self.attached:
                    yield folded(DRAWN, self.picture(cell.id))
            elif not depends:
                yield block(output.get("text") or data["text/plain"], "output", language="text")

    def picture(self, name):
        """Write the picture that the cell `name` drew; return Markdown that shows it, and leads to its full size."""
        [outputs] = [cell.outputs for cell in self.solved.cells if cell.id == name]
        [data] = [output.data for output in outputs if "image/png" in output.get("data", {})]
        file = f"{self.name}-{name}.png"
        (self.pictures / file).write_bytes(base64.b64decode(data["image/png"]))
        if data["text/plain"].startswith("<Figure"):
            raise PlainError(f"The picture of cell {name} in {self.name} has no words: draw it with helpers.plotting.")
        alt = json.dumps(data["text/plain"], ensure_ascii=False)
        return "\n".join([f"```{{image}} pictures/{file}", f":alt: {alt}", f":target: _images/{file}", "```"])


def anchor(section, number):
    """Return the name by which a link finds an exercise, or the open question."""
    return f"exercise-{section}-{number}" if section else "open-question"


def block(source, *classes, language="python"):
    """Return Markdown that shows `source` as it stands."""
    option = [f":class: {' '.join(classes)}"] if classes else []
    return "\n".join([f"~~~~~{{code-block}} {language}", *option, "", source.strip("\n"), "~~~~~"])


def folded(summary, text):
    """Return Markdown that shows `text` once the reader unfolds it."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
