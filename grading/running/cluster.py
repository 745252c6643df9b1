"""The cluster that grades a class: this machine's cores, or any Dask cluster that shares the course folder with it."""

import logging
import sys
from contextlib import contextmanager

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker
from tqdm import tqdm

from grading.running.worker import Desk, DeskDied

SETTINGS = {
    "distributed.scheduler.allowed-failures": 3,  # students' code is never in a worker: one that dies has other reasons
    "distributed.comm.timeouts.connect": "30s",
    "distributed.logging.distributed": "error",
}
TRIES = 3  # desks that may die over a submission
DEATH = "{} has died. What it was marking is begun again on another."


class Desks(WorkerPlugin):
    """Gives each worker a desk, where it marks."""

    name = "recommenders2-desks"

    def __init__(self, root, trust):
        self.root, self.trust, self.desk, self.closed = str(root), trust, None, False

    def mark(self, submission, anew):
        """Mark a submission at the desk; one that is not there, or has died, is replaced."""
        for _ in range(TRIES):
            if self.desk is None:
                self.desk = Desk(self.root, self.trust)
            try:
                return self.desk.mark(submission, anew)
            except DeskDied:
                if self.closed:
                    break
                self.desk.close()
                self.desk = None
                tqdm.write(DEATH.format("A desk"), file=sys.stderr)
        return f"The process that marks has ended, {TRIES} times."

    def teardown(self, worker):
        """Close the desk."""
        self.closed = True
        if desk := self.desk:  # which a thread that marks may take away meanwhile
            desk.close()


def mark(submission, anew):
    """Mark a submission on a worker; return "", or why that did not succeed."""
    return get_worker().plugins[Desks.name].mark(submission, anew)


@contextmanager
def connected(jobs, scheduler, scratch):
    """Yield a Client of a cluster of `jobs` workers on this machine, or of the one at the address `scheduler`.

    scratch: a folder for what workers here write. scheduler: also a cluster that dask-jobqueue and its like made.
    Workers here are threads of this process, since each only waits for its desk: nothing listens on the network.
    """
    with dask.config.set(SETTINGS):
        if scheduler:
            with Client(scheduler) as client, told_of_deaths(client):
                yield client
        else:
            options = {"processes": False, "threads_per_worker": 1, "dashboard_address": None, "memory_limit": 0}
            options["local_directory"] = str(scratch)
            # what it says of its own end when it is interrupted helps nobody; what fails comes as a result
            logging.getLogger("distributed").handlers[:] = [logging.NullHandler()]
            with LocalCluster(n_workers=jobs, **options) as cluster, Client(cluster) as client:
                yield client


@contextmanager
def told_of_deaths(client):
    """Say it when a worker of the cluster dies."""

    def tell(event):
        _, told = event
        if told["action"] == "remove-worker" and not told["expected"]:
            tqdm.write(DEATH.format("A worker"), file=sys.stderr)

    client.subscribe_topic("all", tell)
    try:
        yield
    finally:
        client.unsubscribe_topic("all")


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
