"""What students' notebooks import, as a package for a hub: the zip's files without notebooks and what starts them.

Written here and not by setuptools, which would need the files of the course in the places of the package, or a copy.
"""

import base64
import hashlib
import tomllib

from authoring.bundle import contents, pack
from authoring.notebooks import ROOT

PLACES = {  # where a folder of the zip stands in the package; the first that fits
    "helpers/exercises/": "exercises/",
    "helpers/": "helpers/",
    "dataset/": "helpers/dataset/",
    "jupyter/": "helpers/jupyter/",
}
WHEEL = "Wheel-Version: 1.0\nGenerator: recommenders2\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(folder=ROOT / "dist"):
    """Write the wheel into `folder`. Return the exit code."""
    given = contents()
    project = tomllib.loads(given["pyproject.toml"].decode())["project"]
    name = f"{project['name']}-{project['version']}"
    files = {place: content for path, content in given.items() if (place := in_package(path))}
    files |= {f"{name}.dist-info/METADATA": metadata(project).encode(), f"{name}.dist-info/WHEEL": WHEEL.encode()}
    listed = f"{name}.dist-info/RECORD"
    files[listed] = "".join([*map(line, files, files.values()), f"{listed},,\n"]).encode()
    pack(folder / f"{name}-py3-none-any.whl", files)
    return 0


def in_package(path):
    """Return where a file of the zip stands in the package; None if it is not in it."""
    return next((place + path.removeprefix(top) for top, place in PLACES.items() if path.startswith(top)), None)


def metadata(project):
    """Return what pip reads of a package: its name, its version, and what it needs."""
    needs = [f"Requires-Dist: {each}" for each in project["dependencies"]]
    told = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    told += [f"Summary: {project['description']}", f"Requires-Python: {project['requires-python']}", *needs]
    return "\n".join(told) + "\n"


def line(path, content):
    """Return a file's line of the list that pip compares: path, digest, length."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(content)}\n"
