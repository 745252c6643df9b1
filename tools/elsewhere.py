"""Run the solutions and the checks as on other machines, a line for each: `python -m tools.elsewhere`.

A line of tools/combinations.py gets a copy of the project, a home and an environment of its own. It is green only if
a notebook there sees what should differ, nbval finds the stored outputs of the solutions, whose cells hold the checks,
and the checks judge every answer of exercises/ as they should. These answers bring the numbers of this machine to
each limit of a check; the mutants of `python -m tools.bank` bring more of the same kind, and take longer than all else.
test_data asks what depends on languages, folders and users.

The exit code is 0 if every line is green and all saw the same data; 1 if a line is red; 2 if none is, but one cannot
be run on this machine, and says why: 0 with --accept-not-run.
"""

import argparse
import gzip
import hashlib
import json
import locale
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tools.combinations import COMBINATIONS, ROOT, UNITS, CannotRun

NOTEBOOKS = sorted((ROOT / "solutions" / "recommenders2").glob("*.ipynb"))
TESTS = ["tests/exercises/test_answers.py", "tests/exercises/test_checks.py", "tests/helpers/test_data.py"]
KEPT = ["PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]  # of this environment; the rest is set
NOBODY, LIMIT = "65534", 3600  # a user; the seconds that a line may take
SEE = ["-m", "IPython", "--colors=NoColor", "-c", "from tools.elsewhere import see; see()"]
PYTEST = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadscope", "-m", "not long", "--junitxml=../tmp/report.xml"]


class Result(NamedTuple):
    """What became of a line: green, red or not run, and why; the sha256 of the data that it saw."""

    state: str
    why: str = ""
    data: str = ""


def data_digest():
    """Return the sha256 of the reviews that notebooks read: of their lines, however these are packed."""
    from helpers.data import find_reviews

    with gzip.open(find_reviews()) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def see():
    """Print as JSON what a notebook sees."""
    import numpy
    import torch

    import helpers
    from helpers import session

    session.start()
    umask = os.umask(0)
    os.umask(umask)
    found = {
        "data": data_digest(),
        "project": str(Path(helpers.__file__).parents[1]),
        "threads": torch.get_num_threads(),
    }
    found |= {"numpy": numpy.__version__, "numpy's units": UNITS, "torch": torch.backends.cpu.get_cpu_capability()}
    found |= {"language": locale.setlocale(locale.LC_CTYPE, ""), "encoding": locale.getencoding()}
    found |= {
        "zone": time.tzname[0],
        "root": os.geteuid() == 0,
        "umask": umask,
        "home": os.access(Path.home(), os.W_OK),
    }
    print(json.dumps(found))


def run(line, notebooks, tests, log):
    """Run a line in a folder of its own; return it, as prepared, and its Result. `log` keeps what is printed."""
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as place, log.open("w", encoding="utf-8") as output:
        try:
            line = line.prepare(line, Path(place))
            return line, run_prepared(line, Path(place), notebooks, tests, output)
        except CannotRun as reason:
            return line, Result("not run", str(reason))
        except subprocess.TimeoutExpired:
            return line, Result("red", f"not done after {LIMIT} seconds")


def run_prepared(line, place, notebooks, tests, output):
    """Compare what is seen there with what should be, then run nbval and the tests."""
    command, options = set_up(line, place)
    asked = subprocess.run([*command, *SEE], **options, stdout=subprocess.PIPE, stderr=output, text=True)
    output.write(asked.stdout)
    output.flush()
    if asked.returncode or not asked.stdout.endswith("}\n"):
        return Result("red", "what a notebook does first fails")
    found = json.loads(asked.stdout.splitlines()[-1])
    wanted = line.seen | {"project": str(options["cwd"])}
    for name in wanted:
        if found[name] != wanted[name]:
            return Result("red", f"{name} should be {wanted[name]}, and is {found[name]}", found["data"])
    if files := [*(path.relative_to(ROOT) for path in notebooks), *tests]:
        pytest = [*command, *PYTEST, "--nbval", *files]
        if subprocess.run(pytest, **options, stdout=output, stderr=output).returncode:
            first = next(failures(place / "tmp" / "report.xml"), "pytest ended with an error")
            return Result("red", first, found["data"])
    return Result("green", data=found["data"])


def set_up(line, place):
    """Make a line's folder, home and environment; return the command of its Python, and how to run it."""
    project, home, scratch = place / line.folder, place / "home", place / "tmp"
    startup = home / ".ipython" / "profile_default" / "startup" / "elsewhere.py"
    place.chmod(0o755)
    scratch.mkdir()
    startup.parent.mkdir(parents=True)
    startup.write_text(line.startup, encoding="utf-8")
    previous = os.umask(line.umask)
    copy_project(project)
    os.umask(previous)
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"LANG": "C.UTF-8", "HOME": str(home), "TMPDIR": str(scratch)} | line.variables
    environment["PYTHONPATH"] = os.pathsep.join([*filter(None, [line.variables.get("PYTHONPATH")]), str(project)])
    command = [sys.executable]
    if line.nobody and os.geteuid() == 0:
        command = [*as_nobody(), sys.executable]
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", project, scratch, home], check=True)
    if line.closed_home:
        home.chmod(0o555)
    options = {"cwd": project, "env": environment, "umask": line.umask, "timeout": LIMIT, "check": False}
    return command, options | {"stdin": subprocess.DEVNULL}


def copy_project(target):
    """Copy what git tracks or would track, so that nothing of this folder is there by chance."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def as_nobody():
    """Return the command that runs another as the user nobody, who is shown a Python that lies in a closed home."""
    if not (shutil.which("bwrap") and shutil.which("setpriv")):
        raise CannotRun("root becomes another user with bubblewrap and setpriv, of which one is missing")
    view = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/"]
    pythons = {Path(sys.prefix), Path(sys.base_prefix)}
    closed = [path for path in pythons if not all(parent.stat().st_mode & 0o001 for parent in path.parents)]
    for top in {Path(*path.parts[:2]) for path in closed}:
        view += ["--perms", "0755", "--tmpfs", top]
    for path in closed:
        for parent in reversed(path.parents[:-2]):
            view += ["--perms", "0755", "--dir", parent]
        view += ["--ro-bind", path, path]
    return [*view, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def failures(report):
    """Yield each cell and test that failed, by pytest's report; of a cell, the notebook and its id."""
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():
        if case.find("failure") is not None or case.find("error") is not None:
            where, name = case.get("classname"), case.get("name")
            path = next((path for path in NOTEBOOKS if path.stem in where), None)
            yield (
                f"{path.stem}, cell `{cell_id(path, int(name.removeprefix('Cell ')))}`" if path else f"{where}, {name}"
            )


def cell_id(path, number):
    """Return the id of what nbval calls `Cell 7`, the eighth code cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell["id"] for cell in cells if cell["cell_type"] == "code"][number]


def main():
    """Print a line for each combination, then whether all saw the same data; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.elsewhere", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=COMBINATIONS, metavar="NAME", help="run these lines alone")
    parser.add_argument("--list", action="store_true", help="say which lines there are, and run none")
    parser.add_argument("--quick", action="store_true", help="run notebooks 1 and 2, and no tests")
    parser.add_argument("--data", action="store_true", help="look at the data alone, and run no notebook")
    parser.add_argument("--accept-not-run", action="store_true", help="succeed though lines cannot be run here")
    options = parser.parse_args()
    names = options.only or list(COMBINATIONS)
    if options.list:
        print(*(f"{name:16} {COMBINATIONS[name].what}" for name in names), sep="\n")
        return 0
    notebooks = [] if options.data else NOTEBOOKS[:2] if options.quick else NOTEBOOKS
    tests = [] if options.data or options.quick else TESTS
    logs, results = ROOT / "dist" / "elsewhere", []
    logs.mkdir(parents=True, exist_ok=True)
    for name in names:
        start = time.monotonic()
        line, result = run(COMBINATIONS[name], notebooks, tests, logs / f"{name}.log")
        said = f"{result.state}: {result.why}" if result.why else result.state
        print(f"{name:16} {line.what:56}{time.monotonic() - start:7.1f} s  {result.data[:12]:12}  {said}", flush=True)
        results.append(result)
    code = conclude(results, logs)
    return 0 if code == 2 and options.accept_not_run else code


def conclude(results, logs):
    """Say whether all saw the same data, and where to read on; return the exit code."""
    counts = {state: sum(result.state == state for result in results) for state in ("green", "red", "not run")}
    data = {result.data for result in results if result.data}
    print(f"{', '.join(f'{count} {state}' for state, count in counts.items())}. What they printed is in {logs}.")
    if data:
        print(f"The data, where a line ran: {' and '.join(f'sha256 {digest}' for digest in sorted(data))}.")
    return 1 if counts["red"] or len(data) > 1 else 2 if counts["not run"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
