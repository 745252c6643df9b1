"""Formgrader in a real server: `with formgrader(folder) as ask` asks it for pages, and marks as its pages do."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

from grading.course import ASSIGNMENT
from tests.kit.browser import free_port, stop, wait_for


class Formgrader:
    """What a person does in formgrader, by the requests that its pages send."""

    def __init__(self, address):
        self.address = address

    def __call__(self, path, body=None):
        """Return what the server answers to GET, or to PUT if there is a body to send as JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": "token t"}
        request = urllib.request.Request(
            f"{self.address}/formgrader/{path}", data, headers, method="PUT" if data else "GET"
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode("utf-8")

    def submission(self, student, notebook):
        """Return what formgrader lists of a student's notebook."""
        rows = json.loads(self(f"api/submitted_notebooks/{ASSIGNMENT}/{notebook}"))
        return next(row for row in rows if row["student"] == student)

    def cells(self, kind, student, notebook):
        """Return the "grades" or "comments" of a student's notebook, {cell: what formgrader knows}."""
        rows = json.loads(self(f"api/{kind}?submission_id={self.submission(student, notebook)['id']}"))
        return {row["name"]: row for row in rows}


@contextmanager
def formgrader(folder, environment):
    """Run a server with formgrader in a course folder."""
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--allow-root", "--IdentityProvider.token=t"]
    extension = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    with (folder / "server.log").open("a") as log:
        server = subprocess.Popen([*command, extension], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", server)
            yield Formgrader(f"http://127.0.0.1:{port}")
        finally:
            stop(server)
