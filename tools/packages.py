"""The versions of all packages: choose them anew, and ask whether they can be had everywhere.

    python tools/packages.py renew           write constraints.txt, with the newest versions that pyproject.toml allows
    python tools/packages.py wheels          ask pip for wheels of each, on each system, under each Python
    python tools/packages.py wheels bench    the same with the packages of `bench`, some of which have none

Both need the internet, and uv (`pip install uv`), which resolves for other systems and Pythons than its own. pip does
not: it takes `sys_platform` and the like from where it runs. So uv says which packages a system gets, and pip whether
there are wheels. Neither downloads a wheel: how large it will be is read at its end, where a zip file has its contents.

`renew` wants to know the size of PyTorch without CUDA too, from PyTorch's own index or the one that RECSYS_TORCH_INDEX
names.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
PYTHONS = "3.11", "3.12", "3.13", "3.14"
SYSTEMS = {  # as start.py calls it: as uv does, and as pip does
    "linux-x86_64": ("x86_64-manylinux_2_28", "manylinux_2_28_x86_64"),
    "linux-aarch64": ("aarch64-manylinux_2_28", "manylinux_2_28_aarch64"),
    "windows-amd64": ("x86_64-pc-windows-msvc", "win_amd64"),
    "macos-arm64": ("aarch64-apple-darwin", "macosx_14_0_arm64"),
}
PROMISED = "test"  # the extra that brings all others but `bench`
INSTALLERS = "pip\nsetuptools\n"  # what installs is pinned too
CUDA = re.compile(r"nvidia-|cuda-|triton$")  # what PyTorch needs for a card
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
BLOCK = 4096  # bytes: on disk, a file takes whole ones
HEADER = """\
# Every version of the environment, with all extras, under Python {oldest} to {newest} on Linux, Windows and macOS.
# `python tools/packages.py renew` writes this file.
#
# What start.py says before it installs, in MB under Python {measured}: extra, system, to download, on disk.
{figures}
# The longest path that Windows will see below site-packages, in characters:
# longest-path {longest}

"""


def main():
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("renew")
    commands.add_parser("wheels").add_argument("extra", nargs="?", default=PROMISED)
    options = parser.parse_args()
    return renew() if options.command == "renew" else wheels(options.extra)


# --- choosing


def renew():
    """Write constraints.txt; return the exit code."""
    chosen = uv("-", "--all-extras", "--universal", "--python-version", PYTHONS[0], "--fork-strategy", "fewest")
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text(chosen, encoding="utf-8")
        header = figures(constraints)
    CONSTRAINTS.write_text(header + chosen, encoding="utf-8")
    print(header)
    return 0


def uv(*options):
    """Return what `uv pip compile` prints for pyproject.toml."""
    command = [find_uv(), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "pyproject.toml", *options]
    env = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # PyTorch's
    done = subprocess.run(command, cwd=ROOT, input=INSTALLERS, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def find_uv():
    """Return the path of uv, in the environment that runs this or anywhere else."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("uv", path=path) or sys.exit("uv is missing. Type: pip install uv")


def pinned(package):
    """Return the version that constraints.txt names."""
    return re.search(rf"^{package}==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)[1]


def packages(extra, system, python, constraints=CONSTRAINTS):
    """Return what a system gets, as uv says it in the form of pylock.toml: a list of packages, each with its wheel."""
    options = ["--extra", extra] if extra else []
    options += ["--python-platform", SYSTEMS[system][0], "--python-version", python]
    return tomllib.loads(uv("-", *options, "--constraint", str(constraints), "--format", "pylock.toml"))["packages"]


# --- how large it is


def figures(constraints, python="3.13"):
    """Return the head of constraints.txt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines, longest = [], 0
    for extra, system in product(["", *project["optional-dependencies"]], SYSTEMS):
        found = {package["name"]: package for package in packages(extra, system, python, constraints)}
        files = {name: address(package) for name, package in found.items()}
        lines.append(line(extra, system, files.values()))
        if system.startswith("linux"):
            without = {name: file for name, file in files.items() if not CUDA.match(name)}
            without["torch"] = cpu_build(system, found["torch"]["version"])
            lines.append(line(extra, f"{system}-cpu", without.values()))
        if system.startswith("windows") and not extra:
            longest = max(unpacked(file)[1] for file in files.values())
        print(lines[-1], file=sys.stderr)
    return HEADER.format(
        oldest=PYTHONS[0], newest=PYTHONS[-1], measured=python, figures="\n".join(lines), longest=longest
    )


def address(package):
    """Return the address of a package's wheel, or of its source code."""
    files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    return files[0]["url"]


def line(extra, system, files):
    """Return a line of figures: what the files weigh together, packed and unpacked."""
    with ThreadPoolExecutor(8) as workers:
        sizes = list(workers.map(unpacked, files))
    packed, disk = (sum(size[n] for size in sizes) for n in (2, 0))
    return f"# {extra or 'students'} {system} {packed / 1e6:.0f} {disk / 1e6:.0f}"


@cache
def unpacked(file):
    """Return of a wheel what it takes on disk, the length of its longest path, and what it weighs, in bytes.

    Of source code nobody can know before it is built: it counts as it comes.
    """
    remote = Remote(file)
    if not file.partition("#")[0].endswith(".whl"):
        return remote.size, 0, remote.size
    entries = ZipFile(remote).infolist()
    blocks = [-(-entry.file_size // BLOCK) * BLOCK for entry in entries]
    compiled = [block for entry, block in zip(entries, blocks, strict=True) if entry.filename.endswith(".py")]
    paths = [entry.filename for entry in entries if ".data/" not in entry.filename]
    return sum(blocks) + sum(compiled), max(map(len, paths), default=0), remote.size


def cpu_build(system, torch):
    """Return the address of the same PyTorch without CUDA: if there is none for `system`, the one for x86_64."""
    index = os.environ.get("RECSYS_TORCH_INDEX", TORCH_INDEX) + "/torch/"
    with urllib.request.urlopen(index) as answer:
        links = re.findall(r'href="([^"]+)"', answer.read().decode())
    for processor in (system.removeprefix("linux-"), "x86_64"):
        for link in links:
            name = urllib.parse.unquote(link)
            if f"torch-{torch}+cpu-cp3" in name and f"{processor}.whl" in name:
                return urllib.parse.urljoin(index, link)
    sys.exit(f"{index} has no torch {torch} without CUDA for Linux.")


class Remote(io.RawIOBase):
    """A file on a web server, of which only what is asked for is read."""

    def __init__(self, address):
        self.address, self.place = address, 0
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD")) as answer:
            self.size = int(answer.headers["Content-Length"])

    def seekable(self):
        """Say that places can be chosen."""
        return True

    def tell(self):
        """Return the place where reading goes on."""
        return self.place

    def seek(self, offset, whence=0):
        """Choose the place where reading goes on."""
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def read(self, count=-1):
        """Return so many bytes, or all to the end."""
        end = self.size if count < 0 else min(self.place + count, self.size)
        if end <= self.place:
            return b""
        asked = urllib.request.Request(self.address, headers={"Range": f"bytes={self.place}-{end - 1}"})
        with urllib.request.urlopen(asked) as answer:
            content = answer.read()
        self.place = end
        return content


# --- asking


def wheels(extra):
    """Print for each system and Python which packages have no wheel; return the exit code."""
    combinations = list(product(SYSTEMS, PYTHONS))
    with ThreadPoolExecutor(4) as workers:
        missing = list(workers.map(lambda combination: ask(extra, *combination), combinations))
    return int(any(missing))


def ask(extra, system, python):
    """Ask pip for a wheel of each package, print a line, and return the packages that have none."""
    pins = [f"{package['name']}=={package['version']}" for package in packages(extra, system, python)]
    missing, asked = [], list(pins)
    while lacking := first_without_wheel(asked, system, python):
        missing.append(lacking)
        asked.remove(lacking)
    says = f"no wheel of {', '.join(missing)}" if missing else "each has a wheel"
    print(f"{system:14} Python {python}: {len(pins)} packages, {says}", flush=True)
    return missing


def first_without_wheel(pins, system, python):
    """Return the first of `pins` for which pip finds no wheel, or None."""
    platforms = [option for platform in older(SYSTEMS[system][1]) for option in ("--platform", platform)]
    options = ["--dry-run", "--no-deps", "--only-binary=:all:", "--python-version", python, "--target", "nowhere"]
    # where the index does not tell what is in a wheel, pip reads its end instead of downloading it
    command = [find_uv(), "tool", "run", f"pip@{pinned('pip')}", "install", *options, "--use-feature=fast-deps"]
    env = {key: value for key, value in os.environ.items() if key not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")}
    env |= {"PIP_CONFIG_FILE": os.devnull}  # what this machine has beside the index, others have not
    done = subprocess.run([*command, *platforms, *pins], capture_output=True, text=True, env=env, check=False)
    if done.returncode == 0:
        return None
    lacking = re.search(r"No matching distribution found for (\S+)", done.stderr)
    return lacking[1] if lacking else sys.exit(done.stderr)


def older(platform):
    """Return a platform, and for Linux those before it, which pip does not think of by itself."""
    name, _, processor = platform.partition("_2_28_")
    return (
        [f"{name}_2_{n}_{processor}" for n in range(28, 16, -1)] + [f"{name}2014_{processor}"]
        if processor
        else [platform]
    )


if __name__ == "__main__":
    sys.exit(main())
