"""Open the session in JupyterLab; the first call installs what is needed into the folder .venv/.

    python3 start.py      on Linux and macOS
    py start.py           on Windows

What else you type is handed on to JupyterLab: `python3 start.py --no-browser`.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed"  # says what was installed, and for which folder: it may have been moved since
ROOT = os.name != "nt" and os.geteuid() == 0


def main():
    """Install what is missing, open JupyterLab, and return its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it may have another
        return f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}."
    try:
        if not is_installed():
            install()
    except subprocess.CalledProcessError as error:
        return f"This failed: {' '.join(map(str, error.cmd))}\nWhat is printed above says why. Then start again."
    print("JupyterLab opens in your browser, and runs until you press Ctrl-C here.", flush=True)
    with subprocess.Popen(lab_command(PYTHON, *sys.argv[1:]), cwd=HERE) as lab:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for JupyterLab, which asks whether it is meant
        return lab.wait()


def lab_command(python, *options):
    """Return the command that opens JupyterLab, to be run in this folder."""
    allowed = ["--allow-root"] if ROOT else []  # as one is in a container; else JupyterLab refuses
    return [str(python), "-m", "jupyterlab", "--config=jupyter/lab_config.py", *allowed, *options]


def is_installed():
    """Whether .venv holds the packages that pyproject.toml asks for now, and finds this folder."""
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted()


def wanted():
    """Return what is to be installed, as the stamp says it."""
    return f"{HERE}\n{(HERE / 'pyproject.toml').read_text(encoding='utf-8')}"


def install():
    """Make .venv and install into it; what is there already stays."""
    print("Installing packages into .venv (a minute or two, once)...", flush=True)
    make_venv()
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", "."], cwd=HERE, check=True)
    STAMP.write_text(wanted(), encoding="utf-8")


def make_venv():
    """Make .venv, unless it is there. On Debian and Ubuntu, Python comes without what that takes, so get it first."""
    if importlib.util.find_spec("ensurepip") is None and shutil.which("apt-get"):
        apt = [*([] if ROOT else ["sudo"]), "apt-get", "-qq"]
        print("Python lacks venv: installing it with apt.", flush=True)
        subprocess.run([*apt, "update"], check=True)
        subprocess.run([*apt, "install", "--yes", f"python3.{sys.version_info.minor}-venv"], check=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


if __name__ == "__main__":
    sys.exit(main())
