"""Workers on this machine, each a process; a thread of the grader waits for each. Nothing listens on the network."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from queue import SimpleQueue

from grading.running.worker import Worker


@contextmanager
def opened(jobs, root, trust):
    """Yield a function that has submissions marked by `jobs` workers. On leaving, they and their forks end.

    root: the course folder. The function takes submissions and whether to mark all `anew`; it yields each submission
    as it is done, with "" or why that did not succeed.
    """
    workers, idle, threads = [Worker(root, trust) for _ in range(jobs)], SimpleQueue(), ThreadPoolExecutor(jobs)
    for worker in workers:
        idle.put(worker)

    def mark(submission, anew):
        worker = idle.get()
        try:
            return worker.mark(submission, anew)
        finally:
            idle.put(worker)

    def marked(submissions, anew):
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
