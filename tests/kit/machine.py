"""A machine of its own, for tests that make accounts and start servers: it is gone when the test ends, or is killed.

It is a namespace on this machine: the same system and packages, but its own accounts, processes, network and folders
/etc, /home, /opt, /root, /run, /srv, /tmp and /var/mail, all of which only its memory holds.
"""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from authoring.notebooks import ROOT

NAMESPACES = ["--mount", "--pid", "--net"]
TOOLS = ("node", "unshare", "nsenter", "setpriv", "useradd", "tar")
EMPTY = ["/home", "/opt", "/root", "/run", "/srv", "/tmp", "/dev/shm", "/var/mail", "/var/log", "/var/tmp"]
BEGIN = """\
set -e
mount -t tmpfs -o mode=755 none /mnt
mkdir /mnt/python /mnt/packages /mnt/etc /mnt/layers
mount --bind {python} /mnt/python
mount --bind {packages} /mnt/packages
cp --archive /etc/. /mnt/etc
mount --bind /mnt/etc /etc
for folder in {empty}; do mount -t tmpfs -o mode=755 none "$folder"; done
chmod 1777 /tmp /dev/shm /var/tmp
[ -e {python} ] || {{ mkdir -p {python}; mount --bind /mnt/python {python}; }}
{python}/bin/python3 -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))'  # the loopback device, up
echo ready
exec sleep infinity
"""
ENVIRONMENT = """\
set -e
layers=/mnt/layers/$(echo {place} | tr / _)
mkdir -p {place} "$layers/above" "$layers/work"
mount -t overlay -o lowerdir=/mnt/packages,upperdir="$layers/above",workdir="$layers/work" overlay {place}
for file in $(grep --files-with-matches --binary-files=without-match '^#!{packages}/' {place}/bin/*); do
    sed -i '1s|{packages}|{place}|' "$file"
done
{place}/bin/pip uninstall --quiet --yes recommenders2
chown {owner} {place} {place}/bin {place}/lib/python*/site-packages
"""


class Machine:
    """The machine, which lives as long as its first process."""

    def __init__(self, process):
        self.process = process
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        self.enter = ["nsenter", f"--target={children.split()[0]}", *NAMESPACES, "--"]

    def run(self, command, user="root", check=True, said=""):
        """Run what somebody types after logging in; return what became of it, its output and errors together.

        said: what the command reads.
        """
        typed = [*self.enter, *(["su", "-", user] if user != "root" else ["bash"]), "-c", command]
        heard = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        done = subprocess.run(typed, cwd="/", env=self.environment, input=said, check=False, **heard)
        assert not check or done.returncode == 0, f"{command}\n{done.stdout}"
        return done

    @property
    def environment(self):
        """The environment of a login: nothing of this one's has a say."""
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }

    def write(self, path, text, user="root"):
        """Write a file, as a user."""
        self.run(f"mkdir -p {Path(path).parent} && cat > {path}", user, said=f"{text}\n")

    def copy(self, names, folder):
        """Copy files of the project, by their paths there, to a folder of the machine."""
        self.run(f"mkdir -p {folder}")
        listed = "\0".join(names).encode()
        packed = subprocess.run(
            ["tar", "--create", "--null", "--files-from=-"], cwd=ROOT, input=listed, stdout=subprocess.PIPE, check=True
        )
        unpack = [*self.enter, "tar", "--extract", "--no-same-owner", f"--directory={folder}"]
        subprocess.run(unpack, input=packed.stdout, cwd="/", check=True)

    def python_environment(self, place, owner):
        """Make what `python3 -m venv` and pip would make at `place` for its owner: our packages, without ourselves."""
        self.run(ENVIRONMENT.format(place=place, owner=owner, packages=shlex.quote(sys.prefix)))

    def browser(self, folder):
        """Write a program into `folder` that starts Chromium in the machine's network; None if there is no Chromium."""
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        program = Path(folder) / "chromium"
        program.write_text(f'#!/bin/sh\nexec {shlex.join([*self.enter[:2], "--net", "--", str(chromium)])} "$@"\n')
        program.chmod(0o755)
        return program if chromium else None


@contextmanager
def machine():
    """Yield a Machine; skip the test where there can be none."""
    if why := refusal():
        pytest.skip(why)
    python = shlex.quote(sys.base_prefix)
    script = BEGIN.format(python=python, packages=shlex.quote(sys.prefix), empty=" ".join(EMPTY))
    tied = ["setpriv", "--pdeathsig", "KILL", "unshare", *NAMESPACES, "--fork", "--kill-child", "--mount-proc"]
    command = [*tied, "--propagation", "private", "bash", "-c", script]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield Machine(process)
        finally:
            process.kill()


def refusal():
    """Return why there can be no machine here, in a sentence, or None."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a hub with accounts of its own needs root on Linux"
    if not Path(sys.prefix, "bin", "configurable-http-proxy").exists():
        return "a hub needs its proxy, which `make proof` installs for root: npm's configurable-http-proxy"
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        return f"a hub with accounts of its own needs {', '.join(missing)}"
    if sys.prefix == sys.base_prefix:
        return "a hub with accounts of its own needs the packages in an environment: start with `make .venv/test`"
    attempt = ["unshare", *NAMESPACES, "--fork", "true"]
    done = subprocess.run(attempt, capture_output=True, text=True, check=False)
    return f"a hub with accounts of its own needs namespaces: {done.stderr.strip()}" if done.returncode else None
