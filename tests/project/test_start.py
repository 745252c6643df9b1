"""A first start on all sorts of machines: refused in a sentence before anything changes, or installed to its end.

What is installed here is a small project of the same form, from an index of its own on this machine: pip, the
environment, the connections that break and the signals are real. The session itself is installed in test_setup.
"""

import ast
import http.server
import os
import platform
import pty
import re
import runpy
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from authoring.notebooks import ROOT
from tests.kit.interrupts import minding_ctrl_c

pytestmark = pytest.mark.proof

START = (ROOT / "start.py").read_text(encoding="utf-8")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
MEGABYTE = 1_000_000
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("RECSYS_", "PIP_"))}


# --- refusals

MAC = "platform.system = lambda: 'Darwin'; "
# what a machine is made to look like, before start.py runs, and the sentence
REFUSED = {
    "an old Python": ("sys.version_info = (3, 10, 4)", "Python 3.11 to 3.14 is needed, and this is 3.10.4"),
    "a new Python": ("sys.version_info = (3, 15, 0)", "This is Python 3.15.0, for which PyTorch does not exist yet"),
    "another Python": ("sys.implementation.name = 'pypy'", "This Python is pypy"),
    "32 bits": ("sys.maxsize = 2**31 - 1", "This Python is a 32-bit one"),
    "an Intel Mac": (
        f"{MAC}platform.machine = lambda: 'x86_64'; platform.version = lambda: 'RELEASE_X86_64'",
        r"There is no PyTorch 2.13.0 for Macs with an Intel processor: work in Colab instead, as docs/elsewhere.md",
    ),
    "Intel's Python on Apple's Mac": (
        f"{MAC}platform.machine = lambda: 'x86_64'; platform.version = lambda: 'RELEASE_ARM64_T8103'",
        "This Python is made for Intel's processors, and your Mac has Apple's",
    ),
    "an old macOS": (
        f"{MAC}platform.machine = lambda: 'arm64'; platform.mac_ver = lambda: ('13.6', (), 'arm64')",
        "PyTorch 2.13.0 needs macOS 14 or newer, and this is 13.6: work in Colab instead",
    ),
    "Windows on ARM": (
        "platform.system = lambda: 'Windows'; sysconfig.get_platform = lambda: 'win-arm64'",
        "There is no PyTorch 2.13.0 for Windows on ARM: work in Colab instead, as docs/elsewhere.md says.",
    ),
    "another processor": ("platform.machine = lambda: 'riscv64'", "There is no PyTorch 2.13.0 for Linux on riscv64"),
    "an old glibc": ("platform.libc_ver = lambda: ('glibc', '2.17')", "this Linux has glibc 2.17"),
    "musl": ("platform.libc_ver = lambda: ('', '')", "this Linux has another C library"),
    "no venv and no sudo": (
        "importlib.util.find_spec = lambda name: None; os.geteuid = lambda: 1000; "
        "shutil.which = lambda name: '/usr/bin/apt-get' if name == 'apt-get' else None",
        "Python lacks venv, and there is no sudo: let root type apt-get install python3.",
    ),
    "too little disk": (
        "shutil.disk_usage = lambda path: shutil._ntuple_diskusage(9e9, 8e9, 1e9)",
        r"Installing needs [2-9].\d GB, and .* has 1.0 GB free: make room",
    ),
    "a folder too deep for Windows": (
        "platform.system = lambda: 'Windows'; sysconfig.get_platform = lambda: 'win-amd64'; "
        "os.environ['RECSYS_VENV'] = '/tmp/' + 'd' * 70 + '/.venv'; sys.modules['winreg'] = Registry(0)",
        r"This folder's path is 8 characters too long for Windows: .* set RECSYS_VENV=C:\\venv",
    ),
}
PLANTED = """
import importlib.util, os, platform, shutil, socket, subprocess, sys, sysconfig

class Registry:  # Windows's, as `winreg` reads it
    HKEY_LOCAL_MACHINE = None
    def __init__(self, allowed):
        self.allowed = allowed
    def OpenKey(self, *_):
        return open(os.devnull)
    def QueryValueEx(self, *_):
        return self.allowed, 4

def touched(event, arguments):  # whoever goes to the network, starts a process or writes is caught
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename"):
        os._exit(99)
    if event == "open" and isinstance(arguments[0], (str, bytes)) and set(arguments[1] or "") & set("wax+"):
        if not os.path.isdir(arguments[0]):  # a file without a name, to try whether one can write there
            os._exit(99)
sys.addaudithook(touched)
{planted}
sys.argv = ["start.py"]
import runpy
runpy.run_path("start.py", run_name="__main__")
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with what start.py reads."""
    folder = tmp_path / "recommenders2"
    folder.mkdir()
    for name in ("start.py", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def run_planted(folder, planted, *before, **environment):
    """Run start.py on a machine that looks as `planted` says; return what it says and its exit code."""
    planted = "shutil.which = lambda name: None; " + planted  # no card
    command = [*before, sys.executable, "-B", "-c", PLANTED.replace("{planted}", planted)]
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT | environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    return done.stderr.strip(), done.returncode


def files_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("machine", REFUSED)
def test_where_it_cannot_run_it_says_so_in_a_sentence_before_anything_happens(machine, folder):
    planted, sentence = REFUSED[machine]
    before = files_in(folder)
    said, code = run_planted(folder, planted)
    assert re.search(sentence, said)
    assert len(said.splitlines()) == 1
    assert code == 1
    assert files_in(folder) == before


def test_a_folder_that_cannot_be_written_is_refused_before_anything_happens(folder):
    mine = [] if os.geteuid() else ["setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override"]
    if mine and not shutil.which(mine[0]):
        pytest.skip("root may write everywhere, and setpriv is not at hand. Type: sudo apt install util-linux")
    folder.chmod(0o555)
    said, code = run_planted(folder, "", *mine)
    folder.chmod(0o755)
    assert said == (
        f"Nothing can be written into {folder} (Permission denied): unpack the zip into a folder of your own."
    )
    assert code == 1
    said, code = run_planted(folder, "", RECSYS_VENV="/proc/packages")
    assert said.startswith("Nothing can be written into /proc (")
    assert code == 1


def test_what_catches_a_start_that_does_something_works(folder):
    """Windows that was told to allow long paths refuses nothing: it goes on, and is caught."""
    planted, _ = REFUSED["a folder too deep for Windows"]
    assert run_planted(folder, planted.replace("Registry(0)", "Registry(1)")) == ("", 99)


def test_an_old_python_can_read_it():
    ast.parse(START, feature_version=(3, 6))


@pytest.mark.parametrize("minor", range(6, 11))
def test_an_old_python_says_so_itself(minor, folder):
    python = shutil.which(f"python3.{minor}")
    if python is None or subprocess.run([python, "--version"], capture_output=True, check=False).returncode:
        pytest.skip(f"there is no Python 3.{minor} here")
    done = subprocess.run([python, "start.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert re.fullmatch(rf"Python 3\.11 to 3\.14 is needed, and this is 3\.{minor}\..*\n", done.stderr)


def test_the_pythons_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    start = runpy.run_path(str(ROOT / "start.py"))
    (major, oldest), (_, newest) = start["OLDEST"], start["NEWEST"]
    assert project["requires-python"] == f">={major}.{oldest},<{major}.{newest + 1}"


def test_every_size_that_start_may_ask_for_is_there():
    start = runpy.run_path(str(ROOT / "start.py"))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for extra in ("", *extras):
        for system in start["MACHINES"].values():
            for where in (system, f"{system}-cpu") if system.startswith("linux") else (system,):
                download, disk = start["figures"](extra, where)
                assert 100 < download < disk


# --- installing


class Index(http.server.ThreadingHTTPServer):
    """A small index of packages, as pip reads it, and PyTorch's beside it. It can cut and hold what it sends."""

    daemon_threads = True
    cuts = 0  # how many more times a build of torch is cut after its half
    held = None  # an event: what it waits for after that half
    half_sent = None  # an event: set when it waits

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), partial(Answer, directory=str(folder)))
        self.folder, self.asked = folder, []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def add(self, place, wheel):
        """Offer a wheel at `place`, as `simple` or `cpu`."""
        page = self.folder / place / wheel.name.split("-")[0]
        page.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, page)
        links = [f'<a href="{quote(path.name)}">{path.name}</a>' for path in page.glob("*.whl")]
        (page / "index.html").write_text("\n".join(links))

    def builds(self):
        """Return which builds of torch were asked for, each time that they were."""
        return [name for name, _ in self.asked if name.startswith("torch-")]


class Answer(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix != ".whl":
            return super().do_GET()
        start = int(re.match(r"bytes=(\d+)-|", self.headers.get("Range", ""))[1] or 0)
        self.server.asked.append((path.name, start))
        content = path.read_bytes()[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"one"')
        self.send_header("Cache-Control", "max-age=365000000, immutable, public")  # as PyPI says of each file
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{start + len(content) - 1}/{start + len(content)}")
        self.end_headers()
        if path.name.startswith("torch-") and (self.server.cuts or self.server.held):
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            if self.server.held:
                self.server.half_sent.set()
                self.server.held.wait(60)
            if self.server.cuts:
                self.server.cuts -= 1
                self.close_connection = True
                return None
            content = content[len(content) // 2 :]
        with suppress(ConnectionError):  # whoever asked may be gone
            self.wfile.write(content)
        return None


def a_wheel(folder, name, weight=0, tag="py3-none-any"):
    """Write a wheel of nothing, `weight` bytes heavy; return its path."""
    package, number = name.split("-")
    path = folder / f"{name}-{tag}.whl"
    info = f"{name}.dist-info"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{package}/__init__.py", f"build = '{number}'\n")
        archive.writestr(f"{package}/weight", bytes(weight))
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {number}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


BACKEND = """
from zipfile import ZipFile
def build_editable(folder, *_):
    with ZipFile(folder + "/mini-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("mini-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\\nName: mini\\nVersion: 1.0\\nRequires-Dist: torch==2.13.0\\n")
        archive.writestr("mini-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("mini-1.0.dist-info/RECORD", "")
    return "mini-1.0-py3-none-any.whl"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Wheels: the pip that constraints.txt names, and small ones under torch's name."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = re.search(r"^pip==.*", CONSTRAINTS, re.MULTILINE)[0]
    get = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, pip]
    subprocess.run(get, check=True)
    python = f"cp3{sys.version_info.minor}"
    a_wheel(folder, "torch-2.13.0", weight=3 * MEGABYTE)
    a_wheel(folder, "torch-2.13.0+cpu", MEGABYTE, f"{python}-{python}-linux_{platform.machine()}")
    return folder


@pytest.fixture
def index(tmp_path, wheels):
    """An index that has them."""
    server = Index(tmp_path / "index")
    for wheel in wheels.glob("*.whl"):
        server.add("cpu" if "+cpu" in wheel.name else "simple", wheel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def mini(folder, index):
    """A project with torch alone, to be installed from that index."""
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PROJECT)
    return Mini(folder, index)


class Mini:
    """A project and how it is started."""

    def __init__(self, folder, index):
        self.folder = folder
        self.environment = ENVIRONMENT | {
            "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": f"{index.address}/simple",
            "PIP_TRUSTED_HOST": "127.0.0.1",  # pip keeps only what comes from whom it trusts
            "PIP_CACHE_DIR": str(folder.parent / "cache"),
            "RECSYS_TORCH_INDEX": f"{index.address}/cpu",
        }
        self.card(False)

    def card(self, there):
        """Put a card of NVIDIA's into the machine, as its tool would say; or none."""
        tool = self.folder.parent / "bin" / "nvidia-smi"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA T4 (UUID: GPU-1)'\n" if there else "#!/bin/sh\nexit 9\n")
        tool.chmod(0o755)

    def start(self, **environment):
        """Start, and return the process."""
        command = [sys.executable, "start.py", "--install"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        there = self.environment | environment
        minding = None if sys.platform == "win32" else minding_ctrl_c
        return subprocess.Popen(command, cwd=self.folder, env=there, preexec_fn=minding, **pipes)

    def run(self, **environment):
        """Start, wait for the end, and return what was said."""
        process = self.start(**environment)
        said, wrong = process.communicate()
        assert process.returncode == 0, said + wrong
        return said

    def build(self):
        """Return which build of torch is installed."""
        command = [self.folder / ".venv" / "bin" / "python", "-c", "import torch; print(torch.build)"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def is_installed(self):
        return runpy.run_path(str(self.folder / "start.py"))["is_installed"]()


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="which build of PyTorch is Linux's question")


@on_linux
def test_without_a_card_pytorch_comes_without_cuda_and_the_size_is_said_first(mini, index):
    said = mini.run()
    first, second, *progress, last = said.splitlines()
    assert re.fullmatch(r"Installing packages into \.venv, once: 3\d\d MB to download, 1\.\d GB on disk\.", first)
    assert second == "PyTorch comes without the libraries for NVIDIA's cards, of which there is none here."
    assert progress[0] == "0:00  making the environment"
    assert re.fullmatch(r"Installed in \d+:\d\d\.", last)
    assert mini.build() == "2.13.0+cpu"
    assert index.builds() == [name for name in index.builds() if "+cpu" in name]
    assert mini.is_installed()
    info = next(mini.folder.glob(".venv/lib/python3*/site-packages/torch-*.dist-info"))
    (info / "INSTALLER").unlink()  # as if the machine had gone off while pip was at it
    (info.parent / "torch" / "__init__.py").unlink()
    mini.run()
    assert mini.build() == "2.13.0+cpu"


@on_linux
def test_with_a_card_or_without_its_index_pytorch_is_what_pip_gives(mini, index):
    mini.card(True)
    assert "2.9 GB to download, 5.4 GB on disk" in mini.run()
    assert mini.build() == "2.13.0"
    shutil.rmtree(mini.folder / ".venv")
    mini.card(False)
    nowhere = "http://127.0.0.1:9"
    says, size, *_ = mini.run(RECSYS_TORCH_INDEX=nowhere).splitlines()
    assert says == f"PyTorch's own index, {nowhere}, cannot be reached: [Errno 111] Connection refused."
    assert "2.9 GB to download" in size
    assert mini.build() == "2.13.0"
    assert len(index.asked) == 2  # pip and torch, at the first start: what was downloaded is kept


@on_linux
def test_a_cut_connection_is_taken_up_where_it_was_cut(mini, index):
    index.cuts = 1
    mini.run()
    (whole, first), (rest, second) = [asked for asked in index.asked if asked[0].startswith("torch-")]
    assert whole == rest
    assert (first, second > MEGABYTE // 4) == (0, True)
    assert mini.build() == "2.13.0+cpu"


@on_linux
def test_ctrl_c_is_a_sentence_another_start_waits_and_goes_on(mini, index):
    index.held, index.half_sent = threading.Event(), threading.Event()
    first = mini.start()
    assert index.half_sent.wait(300)
    second = mini.start()
    assert second.stdout.readline() == (
        "Another start is installing here. This one waits for it; Ctrl-C ends the waiting.\n"
    )
    first.send_signal(signal.SIGINT)
    index.held.set()
    _, wrong = first.communicate()
    assert wrong == "\nStopped. What was downloaded is kept: start again, and it goes on.\n"
    assert first.returncode == 130
    index.held = None
    said, wrong = second.communicate()
    assert (second.returncode, wrong) == (0, ""), said
    assert mini.build() == "2.13.0+cpu"
    pips = [name for name, _ in index.asked if name.startswith("pip-")]
    assert len(pips) == 1  # what the first has downloaded is kept


@on_linux
def test_in_a_terminal_the_line_changes(mini):
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "start.py", "--install"], cwd=mini.folder, env=mini.environment, stdout=end, stderr=end
    )
    os.close(end)
    said = b""
    with suppress(OSError):  # how a terminal ends
        while part := os.read(terminal, 4096):
            said += part
    assert process.wait() == 0
    assert said.count(b"\r0:") > 5
    assert b"downloading" in said
