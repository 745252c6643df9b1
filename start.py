"""Open the session in JupyterLab; the first call installs what is needed into the folder .venv/.

    python3 start.py      on Linux and macOS
    py start.py           on Windows

What else you type is handed on to JupyterLab: `python3 start.py --no-browser`. `--install` installs and opens nothing;
`--install test` adds what the tests need, as each name under [project.optional-dependencies] in pyproject.toml.

RECSYS_VENV=FOLDER puts the packages into another folder than .venv/. RECSYS_TORCH_INDEX=ADDRESS looks there for PyTorch
without CUDA, and not at https://download.pytorch.org/whl/cpu.

pip installs, and not uv, which is faster: uv shows no progress where the output is no terminal, begins a download that
was cut anew, and ignores what pip is told of mirrors, proxies and certificates. Its `--torch-backend=auto` chooses as
this does, but has no way back where PyTorch's own index cannot be reached.

Any Python 3.6 must be able to read this file, so that an old one can say that it is too old.
"""

import importlib.util
import os
import platform
import queue
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT

HERE = Path(__file__).resolve().parent
VENV = Path(os.environ.get("RECSYS_VENV") or HERE / ".venv").expanduser().absolute()
WINDOWS = platform.system() == "Windows"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "installed"  # says what was installed, and for which folder: it may have been moved since
LOG = VENV / "install.log"  # all that pip says
TEMPORARY = VENV / "tmp"  # what pip has at hand while it installs
ROOT = not WINDOWS and os.geteuid() == 0

OLDEST, NEWEST = (3, 11), (3, 14)
MACHINES = {  # for which there is a PyTorch: what Python calls the machine -> how constraints.txt calls it
    ("Linux", "x86_64"): "linux-x86_64",
    ("Linux", "aarch64"): "linux-aarch64",
    ("Darwin", "arm64"): "macos-arm64",
    ("Windows", "amd64"): "windows-amd64",
}
WITHOUT = {("Darwin", "x86_64"): "Macs with an Intel processor", ("Windows", "arm64"): "Windows on ARM"}
OLDEST_GLIBC, OLDEST_MACOS = (2, 28), (14,)
LONGEST_PATH = 259  # of Windows, unless it was told to allow longer ones
COLAB = "work in Colab instead, as docs/elsewhere.md says."
AS_TEXT = {"encoding": "utf-8", "errors": "replace"}  # how pip speaks
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"


class Failure(Exception):
    """What went wrong, in words for the reader."""


def main(arguments):
    """Install what is missing, open JupyterLab, and return its exit code, or the sentence that says why not."""
    only_install = arguments[:1] == ["--install"]
    if only_install or not is_installed():
        extra = arguments[1] if only_install and arguments[1:] else ""
        refused = refusal(extra)
        if refused:
            return refused
        try:
            install(extra)
        except Failure as failure:
            return str(failure)
        except KeyboardInterrupt:
            print("\nStopped. What was downloaded is kept: start again, and it goes on.", file=sys.stderr)
            return 130
    return 0 if only_install else open_lab(arguments)


def open_lab(options):
    """Run JupyterLab to its end, and return its exit code."""
    os.environ.setdefault("PWD", str(Path.cwd()))  # a relative RECSYS_REVIEWS starts there; Windows does not say where
    print("JupyterLab opens in your browser, and runs until you press Ctrl-C here.", flush=True)
    with subprocess.Popen(lab_command(PYTHON, *options), cwd=str(HERE)) as lab:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for JupyterLab, which asks whether it is meant
        return lab.wait()


def lab_command(python, *options):
    """Return the command that opens JupyterLab, to be run in this folder."""
    allowed = ["--allow-root"] if ROOT else []  # as one is in a container; else JupyterLab refuses
    return [str(python), "-m", "jupyterlab", "--config=jupyter/lab_config.py", *allowed, *options]


# --- what is to be installed


def is_installed():
    """Whether the environment holds the packages that are asked for now, and finds this folder."""
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted()


def wanted():
    """Return what is to be installed, as the stamp says it."""
    return "\n".join([str(HERE), read("pyproject.toml"), read("constraints.txt")])


def read(name):
    """Return the text of a file in this folder."""
    return (HERE / name).read_text(encoding="utf-8")


def pinned(package):
    """Return the version of `package` that constraints.txt names."""
    return re.search(rf"^{package}==(\S+)", read("constraints.txt"), re.MULTILINE).group(1)


def figures(extra, where):
    """Return from constraints.txt how many MB are downloaded, and how many lie on disk in the end."""
    found = re.search(rf"^# {extra or 'students'} {where} (\d+) (\d+)$", read("constraints.txt"), re.MULTILINE)
    if not found:
        raise Failure(f"constraints.txt names no size for {extra or 'students'} on {where}.")
    return int(found.group(1)), int(found.group(2))


def size(megabytes):
    """Return a size as one says it."""
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def machine():
    """Return what this Python was made for, as (system, processor)."""
    built_for = sysconfig.get_platform()  # on Windows, Python may be made for another processor than the machine's
    return platform.system(), built_for.replace("win-", "") if WINDOWS else platform.machine()


# --- refusals: each is a sentence, and comes before anything is downloaded or changed


def refusal(extra):
    """Return the sentence that says why nothing can be installed here, or None."""
    refused = refuse_python() or refuse_machine() or refuse_system() or refuse_folder()
    return refused or refuse_space(extra, place(without_cuda=not has_card()))


def refuse_python():
    """Python too old, too new, or another than the usual one."""
    this = ".".join(map(str, sys.version_info[:3]))
    oldest, newest = (".".join(map(str, version)) for version in (OLDEST, NEWEST))
    if sys.version_info < OLDEST:
        return f"Python {oldest} to {newest} is needed, and this is {this}: install a newer one, and start with that."
    if sys.version_info[:2] > NEWEST:
        start = f"py -{newest} start.py" if WINDOWS else f"python{newest} start.py"
        return f"This is Python {this}, for which PyTorch does not exist yet: install Python {newest}, and type {start}"
    if sys.implementation.name != "cpython":
        return f"This Python is {sys.implementation.name}, for which there is no PyTorch: take the one of python.org."
    if sys.maxsize < 2**32:
        return "This Python is a 32-bit one, for which there is no PyTorch: install the 64-bit one of python.org."
    return None


def refuse_machine():
    """A machine for which there is no PyTorch."""
    system, processor = machine()
    if (system, processor) in MACHINES:
        return None
    if system == "Darwin" and "ARM64" in platform.version():
        return "This Python is made for Intel's processors, and your Mac has Apple's: install the one of python.org."
    name = WITHOUT.get((system, processor), f"{system} on {processor}")
    return f"There is no PyTorch {pinned('torch')} for {name}: {COLAB}"


def refuse_system():
    """A system that is too old, or a Linux without what Python's venv takes."""
    if platform.system() == "Darwin" and version(platform.mac_ver()[0]) < OLDEST_MACOS:
        return f"PyTorch {pinned('torch')} needs macOS 14 or newer, and this is {platform.mac_ver()[0]}: {COLAB}"
    if platform.system() != "Linux":
        return None
    library, number = platform.libc_ver()
    if library != "glibc" or version(number) < OLDEST_GLIBC:
        has = f"{library} {number}" if library else "another C library"
        return f"PyTorch {pinned('torch')} needs glibc 2.28 or newer, and this Linux has {has}: {COLAB}"
    if lacks_venv() and shutil.which("apt-get") and not ROOT and not shutil.which("sudo"):
        return f"Python lacks venv, and there is no sudo: let root type apt-get install {venv_package()}"
    return None


def version(text):
    """Return a version as numbers, which can be compared."""
    return tuple(map(int, re.findall(r"\d+", text)))


def refuse_folder():
    """A folder where nothing can be written, or too deep for Windows."""
    for folder in (HERE, standing(VENV)):
        try:
            tempfile.TemporaryFile(dir=str(folder)).close()
        except OSError as error:
            why = error.strerror or error
            return f"Nothing can be written into {folder} ({why}): unpack the zip into a folder of your own."
    if WINDOWS and not long_paths_allowed():
        longest = int(re.search(r"^# longest-path (\d+)$", read("constraints.txt"), re.MULTILINE).group(1))
        too_long = len(str(VENV / "Lib" / "site-packages")) + 1 + longest - LONGEST_PATH
        if too_long > 0:
            return (
                f"This folder's path is {too_long} characters too long for Windows: move the folder further up, "
                r"or choose a short one for the packages by typing, say, set RECSYS_VENV=C:\venv"
            )
    return None


def long_paths_allowed():
    """Whether this Windows was told to allow longer paths than 259 characters."""
    import winreg

    key = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as settings:
        return winreg.QueryValueEx(settings, "LongPathsEnabled")[0] == 1
    return False


def refuse_space(extra, where):
    """Too little disk: pip keeps what it downloads twice until all is installed, in its cache and at hand."""
    download, disk = figures(extra, where)
    needed = disk + 2 * download - megabytes_in(VENV)
    free = shutil.disk_usage(str(standing(VENV))).free / 1e6
    if free >= needed:
        return None
    return (
        f"Installing needs {size(needed)}, and {standing(VENV)} has {size(free)} free: make room, or name a folder "
        "elsewhere in the environment variable RECSYS_VENV."
    )


def standing(folder):
    """Return `folder`, or the first one above it that exists."""
    return next(above for above in (folder, *folder.parents) if above.exists())


def megabytes_in(folder):
    """Return how much the files in `folder` take."""
    return sum(path.lstat().st_size for path in folder.rglob("*")) / 1e6


# --- which PyTorch: on Linux, pip gives the build for NVIDIA's cards, with 3 GB of libraries


def has_card():
    """Whether NVIDIA's driver sees a card."""
    asks = shutil.which("nvidia-smi")
    if platform.system() != "Linux" or not asks:
        return False
    answer = subprocess.run([asks, "-L"], stdout=PIPE, stderr=STDOUT)
    return answer.returncode == 0 and b"GPU" in answer.stdout


def place(without_cuda):
    """Return how constraints.txt calls this machine, with the PyTorch that it gets."""
    return MACHINES[machine()] + ("-cpu" if platform.system() == "Linux" and without_cuda else "")


def torch_index():
    """Return the address of PyTorch's own index, which has the builds without CUDA."""
    return (os.environ.get("RECSYS_TORCH_INDEX") or TORCH_INDEX).rstrip("/")


def index_has_torch():
    """Whether PyTorch's own index can be reached, and has the build for this Python without CUDA; if not, say so."""
    python = f"cp3{sys.version_info.minor}"
    wheel = rf"torch-{re.escape(pinned('torch'))}\+cpu-{python}-{python}-[a-z0-9_.]*{platform.machine()}\.whl"
    try:
        with urllib.request.urlopen(torch_index() + "/torch/", timeout=20) as answer:
            links = urllib.parse.unquote(answer.read().decode())
    except (OSError, ValueError) as error:  # ValueError: what the reader gave is no address
        print(f"PyTorch's own index, {torch_index()}, cannot be reached: {getattr(error, 'reason', error)}.")
        return False
    if not re.search(wheel, links):
        print(f"PyTorch's own index, {torch_index()}, has no build without CUDA for this Python.")
        return False
    return True


def installed_torch():
    """Return the version of the PyTorch in the environment, or an empty string."""
    return next((path.name.split("-")[1] for path in packages("torch-*.dist-info")), "").replace(".dist", "")


def packages(pattern):
    """Return what lies beside the environment's packages under a name like `pattern`."""
    return [*VENV.glob(f"lib/python3.*/site-packages/{pattern}"), *VENV.glob(f"Lib/site-packages/{pattern}")]


# --- installing


def install(extra):
    """Make the environment and install into it; what is there already stays."""
    with only_one() as waited:
        if waited and not extra and is_installed():
            return
        for info in packages("*.dist-info"):
            if not (info / "INSTALLER").exists():  # pip was cut here, and would think that the package is whole
                shutil.rmtree(str(info))
        torch = installed_torch()
        own_index = not torch and platform.system() == "Linux" and not has_card() and index_has_torch()
        where = place(own_index or "+cpu" in torch)
        refused = refuse_space(extra, where)  # again: the index may not have what we hoped for
        if refused:
            raise Failure(refused)
        download, disk = figures(extra, where)
        print(f"Installing packages into {VENV.name}, once: {size(download)} to download, {size(disk)} on disk.")
        if own_index:
            print("PyTorch comes without the libraries for NVIDIA's cards, of which there is none here.")
        with Progress(download) as progress:
            progress.show("making the environment")
            make_venv()
            shutil.rmtree(str(TEMPORARY), ignore_errors=True)
            TEMPORARY.mkdir()
            run_pip(progress, "--progress-bar=off", f"pip=={pinned('pip')}")
            if own_index:
                run_pip(progress, *PATIENT, "--no-deps", "--index-url", torch_index(), f"torch=={pinned('torch')}+cpu")
            ours = ["--constraint", "constraints.txt", "--editable", f".[{extra}]" if extra else "."]
            run_pip(progress, *PATIENT, *ours)
        configure_kernels()
        for folder in (TEMPORARY, VENV / "cache"):
            shutil.rmtree(str(folder), ignore_errors=True)
        STAMP.write_text(wanted(), encoding="utf-8")
        print(f"Installed in {progress.clock()}.", flush=True)


# pip takes up a download that was cut (from version 25.1 on), and tries for some minutes to reach an index
PATIENT = ["--progress-bar=raw", "--retries=8", "--resume-retries=20"]


@contextmanager
def only_one():
    """Let one start at a time install; yield whether this one has waited for another. The system frees the lock."""
    VENV.mkdir(parents=True, exist_ok=True)
    with (VENV / "lock").open("a") as file:
        waited = False
        while not lock(file):
            if not waited:
                print("Another start is installing here. This one waits for it; Ctrl-C ends the waiting.", flush=True)
            waited = True
            time.sleep(1)
        yield waited


def lock(file):
    """Try to lock `file` for this process; return whether that was possible."""
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except PermissionError:  # so Windows says it
        return False
    return True


def make_venv():
    """Make the environment, unless one is there that works. Debian and Ubuntu need a package for that, so get it."""
    if venv_works():
        return
    if lacks_venv() and shutil.which("apt-get"):
        apt = [*([] if ROOT else ["sudo"]), "apt-get", "-qq"]
        print("Python lacks venv: installing it with apt.", flush=True)
        call(*apt, "update")
        call(*apt, "install", "--yes", venv_package())
    for path in VENV.iterdir():  # of a Python that is gone, or cut while it was made
        if path.name != "lock":
            shutil.rmtree(str(path)) if path.is_dir() and not path.is_symlink() else path.unlink()
    call(sys.executable, "-m", "venv", str(VENV))


def venv_works():
    """Whether the environment's Python starts, has pip, and is one of those that we want."""
    says = f"import sys, pip; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return PYTHON.exists() and subprocess.run([str(PYTHON), "-c", says], stderr=DEVNULL).returncode == 0


def lacks_venv():
    """Whether Python came without what making an environment takes."""
    return importlib.util.find_spec("ensurepip") is None


def venv_package():
    """Return the name of Debian's package that has it."""
    return f"python3.{sys.version_info.minor}-venv"


def call(*command):
    """Run a command that speaks for itself."""
    if subprocess.run(command).returncode:
        raise Failure(f"This failed: {' '.join(command)}\nWhat is printed above says why. Then start again.")


def configure_kernels():
    """Let the environment's kernels say in a sentence what goes wrong before the set-up cell, whoever starts them."""
    config = VENV / "etc" / "ipython" / "ipython_kernel_config.py"
    config.parent.mkdir(parents=True, exist_ok=True)
    first = str(HERE / "jupyter" / "kernel_start.py")
    config.write_text(f"c = get_config()\nc.InteractiveShellApp.exec_files = [{first!r}]\n", encoding="utf-8")


def run_pip(progress, *arguments):
    """Run `pip install` in this folder, and show what it does."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-color", *arguments]
    settings = dict(os.environ, PYTHONUNBUFFERED="1", PIP_USER="0", PIP_CACHE_DIR=cache())
    settings.pop("PIP_NO_CACHE_DIR", None)
    if not WINDOWS:  # elsewhere the usual place may be small, or in memory
        settings["TMPDIR"] = str(TEMPORARY)
    said = []
    progress.to_install, progress.says = 0, "looking for packages"
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        pip = subprocess.Popen(command, cwd=str(HERE), env=settings, stdout=PIPE, stderr=STDOUT, **AS_TEXT)
        lines = queue.Queue()
        threading.Thread(target=hand_on, args=(pip.stdout, lines), daemon=True).start()
        try:
            for line in iter(lambda: next_line(lines), None):
                progress.hear(line)
                if line and not line.startswith("Progress "):
                    log.write(line)
                    said.append(line)
        except BaseException:
            pip.kill()
            raise
        finally:
            pip.wait()
    if pip.returncode:
        progress.end()
        errors = [line for line in said if line.startswith("ERROR")] or said[-5:]
        raise Failure(
            f"{''.join(errors)}Installing failed. What is printed above says why; {LOG} has all that pip said.\n"
            "What was downloaded is kept: start again, and it goes on."
        )


def hand_on(stream, lines):
    """Put each line of `stream` into the queue `lines`, and None at its end."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def next_line(lines):
    """Return the next line of the queue, or an empty one if there is none for half a second."""
    try:
        return lines.get(timeout=0.5)
    except queue.Empty:
        return ""


def cache():
    """Return where pip keeps what it has downloaded: where it does so anyway, or in the environment."""
    ask = [str(PYTHON), "-m", "pip", "cache", "dir"]
    answer = subprocess.run(ask, stdout=PIPE, stderr=DEVNULL, **AS_TEXT)
    usual = Path(answer.stdout.strip())
    usable = answer.returncode == 0 and os.access(str(standing(usual)), os.W_OK)
    return str(usual if usable else VENV / "cache")


UNITS = {"bytes": 1e-6, "kB": 1e-3, "MB": 1, "GB": 1e3}  # of pip's sizes, in MB


class Progress:
    """A line that says what pip is doing: in a terminal it changes, elsewhere a new one is printed now and again."""

    SIZE = re.compile(r"(?:Downloading|Using cached) (\S+) \((\d+(?:\.\d+)?) (bytes|kB|MB|GB)\)")

    def __init__(self, download):
        self.download = download  # MB that will come
        self.came = self.file = self.part = 0.0  # MB: of the files before, of this one, of it so far
        self.to_install, self.there = 0, 0  # packages, in this run of pip's
        self.started, self.shown = time.time(), 0.0
        self.says = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def hear(self, line):
        """Take in what pip says, or an empty line: time has passed."""
        size = self.SIZE.search(line)
        if line.startswith("Progress "):
            self.part = int(line.split()[1]) / 1e6
        elif size:
            self.came, self.part = self.came + self.file, 0.0
            self.file = float(size.group(2)) * UNITS[size.group(3)]
            self.says = "-".join(urllib.parse.unquote(size.group(1)).split("-")[:2])
        elif line.startswith("Collecting "):
            self.says = f"looking for {line.split()[1]}"
        elif line.startswith("Installing collected packages: "):
            self.to_install, self.there = line.count(",") + 1, len(packages("*.dist-info"))
            self.says = line.split()[-1]
        elif "Retrying" in line or "resume" in line:
            self.says = "the connection was cut, trying again"
        self.show(self.doing())

    def doing(self):
        """Return what pip is doing now."""
        if self.to_install == 1:
            return f"installing {self.says}"
        if self.to_install:
            done = min(len(packages("*.dist-info")) - self.there, self.to_install)
            return f"installing {done} of {self.to_install} packages"
        came = self.came + self.part
        return f"downloading {came:.0f} of {max(self.download, came):.0f} MB: {self.says}"

    def show(self, text):
        """Say `text`, with the time that has passed."""
        terminal = sys.stdout.isatty()
        if time.time() - self.shown < (0.2 if terminal else 10):
            return
        line = f"{self.clock()}  {text}"
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width) if terminal else line, end="" if terminal else "\n", flush=True)
        self.shown = time.time()

    def clock(self):
        """Return the time that has passed, as minutes and seconds."""
        seconds = int(time.time() - self.started)
        return f"{seconds // 60}:{seconds % 60:02}"

    def end(self):
        """Leave the line, so that what comes next has one of its own."""
        if sys.stdout.isatty() and self.shown:
            print(flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
