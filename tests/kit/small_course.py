"""A course folder of the first two notebooks, which the grader needs."""

from authoring.notebooks import RELEASE, ROOT, SOLUTIONS, read, write
from grading.course import Course


def two_notebooks(root):
    """Write the solutions and the released notebooks into the folder `root`; return the Course."""
    root.chmod(0o755)
    for folder in (SOLUTIONS, RELEASE):
        (root / folder.relative_to(ROOT)).mkdir(parents=True)
        for path in sorted(folder.glob("*.ipynb"))[:2]:
            write(read(path), root / path.relative_to(ROOT))
    return Course(root)
