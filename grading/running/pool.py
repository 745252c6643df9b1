"""Workers on this machine, each a process; a thread of the grader waits for each. Nothing listens on the network."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue

from grading.handed_in.submissions import Submission
from grading.running.results import Conditions
from grading.running.worker import Worker

Marking = Callable[[Iterable[Submission], bool], Iterator[tuple[Submission, str]]]


@contextmanager
def opened(jobs: int, root: Path, conditions: Conditions) -> Iterator[Marking]:
    """Yield a function that has submissions marked by `jobs` workers. On leaving, they and their forks end.

    root: the course folder. The function takes submissions and whether to mark all `anew`; it yields each submission
    as it is done, with "" or why that did not succeed.
    """
    workers, threads = [Worker(root, conditions) for _ in range(jobs)], ThreadPoolExecutor(jobs)
    idle: LifoQueue[Worker] = LifoQueue()  # first the one that is warm: of two submissions, both may fit it
    for worker in workers:
        idle.put(worker)

    def mark(submission: Submission, anew: bool) -> str:
        worker = idle.get()
        try:
            return worker.mark(submission, anew)
        finally:
            idle.put(worker)

    def marked(submissions: Iterable[Submission], anew: bool) -> Iterator[tuple[Submission, str]]:
        waiting = {threads.submit(mark, submission, anew): submission for submission in submissions}
        for done in as_completed(waiting):
            yield waiting.pop(done), done.result()

    try:
        yield marked
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.close()
        threads.shutdown()
