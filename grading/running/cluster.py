"""Workers on a Dask cluster that shares the course folder with this machine: one for each Dask worker."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
from distributed import Client, KilledWorker, WorkerPlugin, as_completed, get_worker
from distributed.client import FutureCancelledError
from tqdm import tqdm

from grading.handed_in.submissions import Submission
from grading.running.pool import Marking
from grading.running.results import Conditions
from grading.running.worker import DEATH, Worker

SETTINGS = {
    "distributed.scheduler.allowed-failures": 3,  # students' code is never in a Dask worker: it dies of other things
    "distributed.comm.timeouts.connect": "30s",
}
AWAY = "No Dask scheduler can be reached at {}: {}."
GONE = "The Dask scheduler is gone. What was marked is kept; the same command goes on where it was."

for name in ("distributed", "distributed.client"):  # which have levels of their own since they were imported
    logging.getLogger(name).setLevel(logging.CRITICAL)  # what an instructor should know, we say ourselves


class OwnWorker(WorkerPlugin):
    """Gives each Dask worker a worker of ours, which marks."""

    name = "recommenders2-worker"

    def __init__(self, root: str | Path, conditions: Conditions) -> None:
        self.root, self.conditions = str(root), conditions

    def setup(self, worker: object) -> None:
        """Prepare the worker; its process starts with the first submission."""
        self.worker = Worker(self.root, self.conditions)

    def teardown(self, worker: object) -> None:
        """End the worker."""
        self.worker.close()


def mark(submission: Submission, anew: bool) -> str:
    """Mark a submission on a Dask worker; return "", or why that did not succeed."""
    plugin: Any = get_worker().plugins[OwnWorker.name]
    return plugin.worker.mark(submission, anew)


@contextmanager
def connected(scheduler: object, root: str | Path, conditions: Conditions) -> Iterator[Marking]:
    """Yield a function that has submissions marked on a Dask cluster, as `pool.opened` does on this machine.

    scheduler: its address, or a cluster object that dask-jobqueue and its like made. root: the course folder, which is
    at the same path on every machine. Raises ConnectionError, with a sentence, if there is no scheduler, or no longer.
    """
    with dask.config.set(SETTINGS), reached(scheduler) as client, told_of_deaths(client):
        client.register_plugin(OwnWorker(root, conditions))

        def marked(submissions: Iterable[Submission], anew: bool) -> Iterator[tuple[Submission, str]]:
            waiting = {client.submit(mark, submission, anew, pure=False): submission for submission in submissions}
            for done in as_completed(waiting):
                try:
                    why = done.result()
                except KilledWorker:
                    why = "Its Dask workers died, one after the other."
                except FutureCancelledError as error:  # which we never ask for
                    raise ConnectionError(GONE) from error
                yield waiting.pop(done), why

        yield marked


def reached(scheduler: object) -> Client:
    """Return a client of a scheduler; raises ConnectionError, with a sentence, if there is none."""
    try:
        return Client(scheduler)
    except (OSError, ValueError, TypeError) as error:  # nobody answers; no address; no key for TLS
        raise ConnectionError(AWAY.format(scheduler, str(error).rstrip("."))) from error


@contextmanager
def told_of_deaths(client: Client) -> Iterator[None]:
    """Say it when a Dask worker dies."""

    def tell(event: tuple[float, dict[str, Any]]) -> None:
        _, told = event
        if told["action"] == "remove-worker" and not told["expected"]:
            tqdm.write(DEATH.format("A Dask worker"), file=sys.stderr)

    client.subscribe_topic("all", tell)
    try:
        yield
    finally:
        client.unsubscribe_topic("all")
