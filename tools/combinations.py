"""How other machines differ from this one: the lines of `python -m tools.elsewhere`."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
# run by IPython before a notebook, whose session.start() asks torch for one thread
THREADS = "import torch\ntorch.set_num_threads({0})\ntorch.set_num_threads = lambda threads: None\n"
LIBRARIES = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
UNITS = [name for name in __cpu_dispatch__ if __cpu_features__[name]]  # beyond numpy's baseline, here
AVX512 = [name for name in UNITS if name.startswith(("AVX512", "X86_V4"))]
NO_LOCALE = "localedef cannot make tr_TR.UTF-8; on Debian, the package `locales` brings what it takes"


class CannotRun(Exception):
    """A combination cannot be had on this machine; the message is the reason."""


@dataclass(frozen=True)
class Combination:
    """How one line differs from an ordinary machine."""

    what: str
    variables: dict = field(default_factory=dict)  # of the environment
    seen: dict = field(default_factory=dict)  # what a notebook must see, so that no line is green that changed nothing
    startup: str = ""
    folder: str = "recommenders2"
    umask: int = 0o022
    nobody: bool = False  # as an ordinary user; root may write anywhere
    closed_home: bool = False
    prepare: Callable = lambda line, place: line  # makes in the folder `place` what is needed; may raise CannotRun


def without(what, off):
    """Return the line in which numpy does not use some of its vector units."""
    if not off:
        return Combination(f"numpy without {what}", prepare=missing(f"here numpy uses no {what} anyway"))
    seen = {"numpy's units": [name for name in UNITS if name not in off]}
    return Combination(f"numpy without {what}", {"NPY_DISABLE_CPU_FEATURES": " ".join(off)}, seen)


def torch_with(capability, feature=None):
    """Return the line in which torch uses these vector units and no wider ones."""
    lacks = feature and not __cpu_features__.get(feature)
    prepare = {"prepare": missing(f"this processor has no {feature}")} if lacks else {}
    variables, seen = {"ATEN_CPU_CAPABILITY": capability}, {"torch": capability.upper()}
    return Combination(f"torch's vector units: {capability}", variables, seen, **prepare)


def missing(reason):
    """Return the preparation of a line that cannot be run."""

    def prepare(line, place):
        raise CannotRun(reason)

    return prepare


def threads(number):
    """Return the line in which all libraries use so many threads."""
    return Combination(
        f"threads: {number}", dict.fromkeys(LIBRARIES, str(number)), {"threads": number}, THREADS.format(number)
    )


def turkish(line, place):
    """Make the Turkish locale, where the system lacks it, and speak it: its i has a dot as a capital too."""
    variables = line.variables | {"LANG": "tr_TR.UTF-8"}
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.lower().split()
    if not {"tr_tr.utf8", "tr_tr.utf-8"} & set(listed):
        variables["LOCPATH"] = str(place / "locales")
        (place / "locales").mkdir()
        command = ["localedef", "--inputfile=tr_TR", "--charmap=UTF-8", place / "locales" / "tr_TR.UTF-8"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise CannotRun(NO_LOCALE) from None
    return replace(line, variables=variables, seen=line.seen | {"language": "tr_TR.UTF-8"})


def oldest_numpy(line, place):
    """Install the oldest numpy that the project and all packages here allow, and that pip has for this Python."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    asked = [*pip, "index", "versions", "numpy", "--only-binary=:all:"]
    found = re.search("Available versions: (.+)", subprocess.run(asked, capture_output=True, text=True).stdout)
    if not found:
        raise CannotRun("pip cannot ask the package index for numpy's versions")
    wishes = list(numpy_wishes())
    oldest = min((v for v in found[1].split(", ") if all(wish.contains(v) for wish in wishes)), key=Version)
    if oldest == importlib.metadata.version("numpy"):
        raise CannotRun(f"the oldest numpy allowed is what all lines have, {oldest}")
    target = [
        "install",
        "--quiet",
        "--only-binary=:all:",
        "--no-deps",
        f"--target={place / 'numpy'}",
        f"numpy=={oldest}",
    ]
    subprocess.run([*pip, *target], check=True)
    what = f"the oldest numpy allowed, {oldest}"
    return replace(line, what=what, variables={"PYTHONPATH": str(place / "numpy")}, seen={"numpy": oldest})


def numpy_wishes():
    """Yield which versions of numpy the project and the installed packages take."""
    texts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for package in importlib.metadata.distributions():
        texts += (package.requires or []) if package.metadata["Name"] != "recommenders2" else []
    for wish in map(Requirement, texts):
        if wish.name == "numpy" and (wish.marker is None or wish.marker.evaluate({"extra": ""})):
            yield wish.specifier


BASELINE, SLOW_TORCH = without("vector units beyond its baseline", UNITS), torch_with("default")
ZONE, FOLDER = {"TZ": "NPT-5:45"}, "Élodie's cours d'été"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ASCII_SEEN = {"encoding": "ANSI_X3.4-1968" if sys.platform == "linux" else "US-ASCII"}
COMBINATIONS = {
    "plain": Combination("nothing differs"),
    "numpy-no-avx512": without("AVX-512", AVX512),
    "numpy-baseline": BASELINE,
    "torch-default": SLOW_TORCH,
    "torch-avx2": torch_with("avx2", "AVX2"),
    "threads-1": threads(1),
    "threads-2": threads(2),
    "threads-4": threads(4),
    "lang-c": Combination("LANG=C", {"LANG": "C"}, {"language": "C.UTF-8"}),
    "ascii": Combination("ASCII where no encoding is named", ASCII, ASCII_SEEN),
    "turkish": Combination("LANG=tr_TR.UTF-8", prepare=turkish),
    "time-zone": Combination("time zone of Nepal, UTC+5:45", ZONE, {"zone": "NPT"}),
    "folder": Combination("a folder with blanks, accents and an apostrophe", folder=FOLDER),
    "user": Combination("an ordinary user", nobody=True, seen={"root": False}),
    "umask": Combination("umask 077", umask=0o077, seen={"umask": 0o077}),
    "home": Combination("a HOME that cannot be written", nobody=True, closed_home=True, seen={"home": False}),
    "numpy-oldest": Combination("the oldest numpy allowed", prepare=oldest_numpy),
    "together": Combination(
        "no vector units, Turkish, Nepal, that folder, umask 077",
        BASELINE.variables | SLOW_TORCH.variables | ZONE,
        BASELINE.seen | SLOW_TORCH.seen | {"zone": "NPT", "umask": 0o077},
        folder=FOLDER,
        umask=0o077,
        prepare=turkish,
    ),
}
