"""A Slurm of one machine: its own daemons, run by whoever tests, with a key and all files in one folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.kit.waiting import wait_for

PATH = f"{os.environ['PATH']}:/usr/sbin"  # where Debian puts daemons, and not all users look
PROGRAMS = [shutil.which(name, path=PATH) for name in ("munged", "slurmctld", "slurmd", "sbatch")]
CONFIGURATION = """
ClusterName=one
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
SlurmdParameters=config_overrides
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MpiDefault=none
KillWait=5
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 RealMemory=16000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    """A running Slurm with two places for jobs; its commands need `environment`."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment | {"SLURM_CONF": f"{folder}/slurm.conf"}

    def says(self, *command):
        """Return what a command of Slurm's prints, "" if it fails."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return "" if done.returncode else done.stdout

    def jobs(self, state="running"):
        """Return the numbers of the jobs in a state."""
        return self.says("squeue", "--noheader", "--states", state, "--format=%i").split()

    def processes(self, part=""):
        """Return what runs in it, or is it, with `part` in the command: {process: number of its job, or None}."""
        found = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):  # it has ended meanwhile
                its = process.environ()
                if its.get("SLURM_CONF") == self.environment["SLURM_CONF"] and part in " ".join(process.cmdline()):
                    found[process] = its.get("SLURM_JOB_ID")
        return found


@contextmanager
def started(environment):
    """Yield a Slurm; on leaving, its jobs are cancelled, and nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="slurm-") as name:
        slurm = Slurm(Path(name), environment)
        slurm.folder.chmod(0o755)  # munge's clients must reach its socket
        try:
            with ExitStack() as stack:
                start(slurm, stack)
                yield slurm
        finally:
            _, left = psutil.wait_procs(slurm.processes(), 60)  # what marks ends when it finds that it is alone
            for process in left:
                process.kill()
        assert left == []


def start(slurm, stack):
    """Start Slurm's daemons, which end with the stack, and wait for their node."""
    key = slurm.folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    for folder in ("state", "spool"):
        (slurm.folder / folder).mkdir()
    with socket.socket() as one, socket.socket() as other:
        for free in (one, other):
            free.bind(("127.0.0.1", 0))
        ports = [free.getsockname()[1] for free in (one, other)]
    user = psutil.Process().username()
    configuration = CONFIGURATION.format(ports=ports, user=user, folder=slurm.folder)
    (slurm.folder / "slurm.conf").write_text(configuration)
    munged, controller, node, _ = PROGRAMS
    files = {"key-file": key, "socket": "munge.socket", "pid-file": "munged.pid", "seed-file": "munged.seed"}
    daemon(slurm, stack, [munged, "--foreground", *(f"--{what}={slurm.folder / name}" for what, name in files.items())])
    wait_for((slurm.folder / "munge.socket").exists, 30)
    daemon(slurm, stack, [controller, "-D"])
    daemon(slurm, stack, [node, "-D", "-N", "localhost"])
    wait_for(lambda: "idle" in slurm.says("sinfo", "--noheader", "--format=%T"), 60)
    stack.callback(no_jobs, slurm)


def daemon(slurm, stack, command):
    """Start a daemon that ends with the stack."""
    log = stack.enter_context((slurm.folder / f"{Path(command[0]).name}.log").open("w"))
    process = subprocess.Popen(command, env=slurm.environment, stdout=log, stderr=log)
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)


def no_jobs(slurm):
    """Cancel all jobs and wait for their end."""
    slurm.says("scancel", "--user", psutil.Process().username())
    wait_for(lambda: not slurm.jobs("pending,running,completing"), 60)
