"""A PostgreSQL server of the test's own, which it starts, kills and starts again; it ends with the test in any case.

@pytest.fixture(scope="module")
def server():
    with postgres() as server:
        yield server
"""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.kit.browser import free_port

SECONDS = 300  # for the server to start, on a machine that has other things to do
OWNER = "postgres"  # who may do all in each database
FOLDERS = [os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]


@contextmanager
def postgres():
    """Yield a running Server; without PostgreSQL the test is skipped, or fails if `make proof` should have it."""
    if not tool("initdb"):
        no_server()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # its path is short, as that of a socket must be
        server = Server(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


def tool(name):
    """Return the path of one of PostgreSQL's tools; Debian keeps them away from the PATH."""
    return shutil.which(name, path=os.pathsep.join(FOLDERS))


def no_server():
    """Skip the test; fail it where `make proof` installs the server, which is for root where there is apt."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        pytest.fail("There is no PostgreSQL, which `make proof` installs. Type: make postgresql")
    pytest.skip("There is no PostgreSQL to test with: install the package postgresql")


class Server:
    """A server with its data, socket and log in `folder`, which lets everybody in but `guest`: that one has a password.

    As root, it runs as the user `postgres`, since it refuses to run as root.
    """

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, str(free_port()), None
        self.user = ["--reuid", "postgres", "--regid", "postgres", "--init-groups"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o711)
        self.place = {"PGHOST": str(folder), "PGPORT": self.port}  # where PostgreSQL's clients look for a server
        self.environment = {**os.environ, **self.place, "PGUSER": OWNER, "PATH": os.pathsep.join(FOLDERS)}
        self.run("initdb", "-D", f"{folder}/data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        rules = Path(folder / "data" / "pg_hba.conf")
        rules.write_text(f"local all guest scram-sha-256\n{rules.read_text()}")

    def run(self, *command):
        """Run one of PostgreSQL's tools as the server's user; return what it prints."""
        command = ["setpriv", *self.user, *command]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self):
        """Start the server, as a process that ends with this one even if this one is killed."""
        command = ["setpriv", *self.user, "--pdeathsig", "INT", tool("postgres"), "-D", f"{self.folder}/data"]
        command += ["-k", str(self.folder), "-p", self.port, "-c", "listen_addresses="]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        for _ in range(SECONDS * 5):
            said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
            assert self.process.poll() is None, said
            if subprocess.run([tool("pg_isready"), "-q"], env=self.environment, check=False).returncode == 0:
                return
            time.sleep(0.2)
        pytest.fail(f"PostgreSQL does not answer:\n{said}")

    def kill(self):
        """Kill the server and all of its processes, as the machine does when it loses power; start it again at will."""
        if self.process and self.process.poll() is None:
            family = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait()
            psutil.wait_procs(family[1:])

    def sql(self, database, statement):
        """Return the rows of a statement, as `psql` prints them: a line each."""
        return self.run("psql", "-d", database, "-AXtqc", statement).splitlines()

    def new(self, database, template="template0"):
        """Make a database of the owner's, empty or a copy of another; return its URL."""
        self.run("createdb", "-T", template, database)
        return self.url(database)

    def url(self, database, user=OWNER):
        """Return the URL of a database, as one writes it into nbgrader's configuration."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def waiting(self, database):
        """Return how many sessions in a database wait for a lock."""
        where = f"datname = '{database}' AND wait_event_type = 'Lock'"
        return int(self.sql("postgres", f"SELECT count(*) FROM pg_stat_activity WHERE {where}")[0])
