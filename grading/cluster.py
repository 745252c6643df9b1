"""The cluster that grades a class: this machine's cores, or any Dask cluster that shares the course folder with it."""

import os
import signal
import sys
from contextlib import contextmanager, suppress

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker
from tqdm import tqdm

from grading.desk import Desk

SETTINGS = {
    "distributed.worker.daemon": False,  # a worker starts processes of its own
    "distributed.scheduler.allowed-failures": 3,  # students' code is never in a worker: one that dies has other reasons
    "distributed.comm.timeouts.connect": "30s",
    "distributed.logging.distributed": "error",
}
DEATH = "A worker has died. What it was marking is begun again on another."


class Desks(WorkerPlugin):
    """Gives each worker a desk, where it marks."""

    name = "recommenders2-desks"

    def __init__(self, root, trust):
        self.root, self.trust, self.desk = str(root), trust, None

    def mark(self, submission, anew):
        """Mark a submission at the desk, which is set up first if there is none."""
        if self.desk is None or not self.desk.alive:
            self.desk = Desk(self.root, self.trust)
        return self.desk.mark(submission, anew)

    def teardown(self, worker):
        """Close the desk."""
        if self.desk:
            with suppress(OSError):
                self.desk.close()


def mark(submission, anew):
    """Mark a submission on a worker; return "", or why that did not succeed."""
    return get_worker().plugins[Desks.name].mark(submission, anew)


@contextmanager
def connected(jobs, scheduler, scratch):
    """Yield a Client of a cluster of `jobs` workers on this machine, or of the one at the address `scheduler`.

    scratch: a folder for what workers here write. scheduler: also a cluster that dask-jobqueue and its like made.
    """
    with dask.config.set(SETTINGS):
        if scheduler:
            with Client(scheduler) as client, told_of_deaths(client):
                yield client
        else:
            options = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None, "memory_limit": 0}
            options["local_directory"] = str(scratch)
            options["scheduler_kwargs"] = {"dashboard_address": "127.0.0.1:0"}  # two graders may run at a time
            os.environ.setdefault("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "error")  # for the workers
            with deaf_to_interrupts():
                cluster = LocalCluster(n_workers=jobs, **options)
            with cluster, Client(cluster) as client, told_of_deaths(client):
                yield client


@contextmanager
def told_of_deaths(client):
    """Say it when a worker of the cluster dies."""

    def tell(event):
        _, told = event
        if told["action"] == "remove-worker" and not told["expected"]:
            tqdm.write(DEATH, file=sys.stderr)

    client.subscribe_topic("all", tell)
    try:
        yield
    finally:
        client.unsubscribe_topic("all")


@contextmanager
def deaf_to_interrupts():
    """Let processes that are started inside ignore Ctrl-C: it is for their parent, which then ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def marked(client, course, submissions, trust, anew):
    """Have submissions marked; yield each as it is done, with "" or why that did not succeed."""
    client.register_plugin(Desks(course.root.resolve(), trust))
    waiting = {client.submit(mark, submission, anew, pure=False): submission for submission in submissions}
    for done in as_completed(waiting):
        try:
            why = done.result()
        except KilledWorker:
            why = "Its workers died, one after the other."
        yield waiting.pop(done), why
