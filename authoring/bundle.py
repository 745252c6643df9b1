"""What students get: one zip with the notebooks, what these import, and a script that installs and opens them."""

import re
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from authoring.notebooks import ROOT

BUNDLE = ROOT / "dist" / "recommenders2-student.zip"
FOLDER = "recommenders2"  # in the zip: whoever unpacks it gets one folder
WHOLE = (
    *("notebooks/recommenders2/*.ipynb", "helpers/**/*.py"),
    *("exercises/__init__.py", "exercises/checks.py", "exercises/index.json", "exercises/kit/**/*.py"),
    "exercises/*/check.py",
    *("dataset/generated/*.gz", "dataset/generated/*.truth.npz", "dataset/generated/*.json", "dataset/generated/*.md"),
    *("jupyter/*.*", "jupyter/hub/*.*", "constraints.txt", "environment.yml", "start.py"),
)
INSTALLED = "[build-system]", "[project]"  # the tables of pyproject.toml that are the same for students
PACKAGES = """\
[tool.setuptools]
packages = ["helpers", "exercises"]
package-dir = {exercises = "helpers/exercises"}
"""
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time
LINK = re.compile(r"\]\(([^)#:]+)\)")


def bundle(path=BUNDLE):
    """Write the students' zip to `path`. Return the exit code."""
    pack(path, {f"{FOLDER}/{name}": content for name, content in contents().items()})
    return 0


def pack(path, files):
    """Write a zip of `files`, path -> bytes, to `path`, and say so; the same files make the same bytes."""
    path.parent.mkdir(exist_ok=True)
    with ZipFile(path, "w", ZIP_STORED) as archive:  # packed, the bytes would depend on the version of zlib
        for name, content in sorted(files.items()):
            entry = ZipInfo(name, EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as if made on Linux, wherever it is made
            archive.writestr(entry, content)
    print(f"{path}: {len(files)} files, {path.stat().st_size / 1e6:.1f} MB")


def contents():
    """Return what is in the bundle: path -> bytes."""
    readme = above_instructors((ROOT / "README.md").read_text(encoding="utf-8"))
    project = to_install((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    paths = [path.relative_to(ROOT).as_posix() for pattern in WHOLE for path in ROOT.glob(pattern)]
    files = {placed(path): (ROOT / path).read_bytes() for path in [*paths, *LINK.findall(readme)]}
    return files | {"README.md": readme.encode(), "pyproject.toml": project.encode()}


def above_instructors(readme):
    """Return the part of the README that is for students: all that stands above the instructors' heading."""
    above, heading, _ = readme.partition("## Instructors\n")
    if not heading:
        raise ValueError("README.md has no heading `## Instructors`, above which the students' part ends.")
    return above.rstrip() + "\n"


def placed(path):
    """Return where a file stands in the zip: the checks below helpers/, since students work in notebooks/ alone."""
    return f"helpers/{path}" if path.startswith("exercises/") else path


def to_install(project):
    """Return the tables of pyproject.toml that a student needs: how to install the project from the zip."""
    tables = re.split(r"^(?=\[)", project, flags=re.MULTILINE)
    return "".join(table for table in tables if table.startswith(INSTALLED)) + PACKAGES
