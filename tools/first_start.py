"""Start the session as a newcomer does, look at JupyterLab, and end it: `python tools/first_start.py [FOLDER]`.

FOLDER (the project, if not said) holds `start.py`, which installs first what is missing. This needs nothing but Python,
on any system. The exit code is 0 if JupyterLab showed its page and the notebooks, and ended when asked.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

MINUTES = 40  # for installing and starting


def main():
    """Start, look and end; return the exit code."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    port, token = free_port(), secrets.token_hex(16)
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    begun = time.monotonic()
    with subprocess.Popen([sys.executable, "start.py", *options], cwd=folder, start_new_session=True) as session:
        try:
            lab = wait_for(session, f"http://127.0.0.1:{port}", token)
            print(f"JupyterLab answers after {time.monotonic() - begun:.0f} s.", flush=True)
            page = lab("lab").decode()
            names = [entry["name"] for entry in json.loads(lab("api/contents"))["content"]]
            lab("api/shutdown", method="POST")
            code = session.wait(timeout=60)
        except Failed as why:
            return str(why)
        except subprocess.TimeoutExpired:
            return "JupyterLab was asked to end, and runs on."
        finally:
            end(session)
    print(f"Its page has {len(page)} characters; the notebooks are {', '.join(sorted(names))}; it ended with {code}.")
    return int(code != 0 or "jupyter-config-data" not in page or not any(name.endswith(".ipynb") for name in names))


class Failed(Exception):
    """JupyterLab did not come; the text says why."""


def end(session):
    """End start.py and what it started, if they still run."""
    if session.poll() is None and os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(session.pid)], check=True)
    elif session.poll() is None:
        os.killpg(session.pid, signal.SIGKILL)


def free_port():
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(session, address, token):
    """Wait until the server answers; return how to ask it for a path."""

    def ask(path, method="GET"):
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"{address}/{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    for _ in range(MINUTES * 60):
        if session.poll() is not None:
            raise Failed(f"start.py ended with exit code {session.returncode} before JupyterLab answered.")
        try:
            ask("api/status")
        except urllib.error.HTTPError as error:
            raise Failed(f"JupyterLab answers with {error}.") from None
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(1)
        else:
            return ask
    raise Failed(f"JupyterLab did not answer within {MINUTES} minutes.")


if __name__ == "__main__":
    sys.exit(main())
