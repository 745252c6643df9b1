"""Watch the folder of a class: what arrives is marked, and its page written, at once. `python -m grading ... --watch`.

As soon as a student's files have come to rest, the grader takes a copy into .grading/taken/, and marks that. So neither
a file that changes meanwhile nor a late one decides over a mark. All that must be known stands in files: what counts in
these copies, what was marked in the cached results, when in the audit. So after `kill -9` the same command goes on.
"""

import argparse
import os
import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple, NoReturn

from grading import class_run
from grading.course import Course
from grading.files import replace
from grading.handed_in.searching import each
from grading.handed_in.submissions import MAX_ENTRIES, Submission, is_folder, students
from grading.publishing.database import address
from grading.publishing.grades_csv import write_grades
from grading.running import audit
from grading.running.pool import Marking
from grading.running.results import Conditions, Results
from grading.running.solutions import prove
from grading.students import collected, read_history
from grading.verdicts import Marked

LOOK = 3  # seconds between two looks, at least
SHARE = 0.01  # of the processor's time, that looking may take
REST = 10  # seconds without a change, after which a hand-in is whole
HOUR = 3600
LONG = 60  # seconds after which a hand-in that is still being marked holds up nobody else
SPARE = 2  # times as many workers, for such hand-ins
TABLES = 60  # seconds between two versions of the tables about the class, at least


class Seen(NamedTuple):
    """What a look at a student's files tells: it stays the same as long as they do."""

    arrived: float  # when the latest file or folder came, or changed, in this folder; nobody can set that back
    entries: int  # how many files and folders there are


def watch(course: Course, options: argparse.Namespace, about: Callable[[Marked], Iterable[str]]) -> NoReturn:
    """Mark what arrives in `options.submitted` until Ctrl-C; about: what to print of a student."""
    results = Results(course, Conditions(options.trust, options.time))
    _ = results.key  # made here, before others look for it
    class_run.make_ready(course, options)
    most = options.jobs * (1 + SPARE)
    threads, place = ThreadPoolExecutor(most), class_run.workers(results, most, options)
    with audit.opened(results) as log, threads, place as marked:
        prove(results, marked)
        watched = Watch(results, options, log, about)
        print(f"Watching {options.submitted}. Ctrl-C ends it.", flush=True)
        try:
            while True:
                began = time.process_time()
                watched.look()
                watched.begin(threads, marked)
                pause = max(LOOK, (time.process_time() - began) / SHARE)
                if watched.running:
                    wait(watched.running, pause, FIRST_COMPLETED)
                else:
                    time.sleep(pause)
                watched.finish()
                if watched.news and time.time() > watched.told + TABLES:
                    watched.tell()
        finally:
            if watched.news:
                watched.tell()


class Watch:
    """A class that is watched: what was seen, what counts, what waits, and what is being marked."""

    def __init__(
        self, results: Results, options: argparse.Namespace, log: audit.Log, about: Callable[[Marked], Iterable[str]]
    ) -> None:
        self.results, self.options, self.log, self.about = results, options, log, about
        self.db = address(results.course.root)
        self.until: float | None = options.until and options.until.timestamp()
        self.seen: dict[str, Seen] = {}  # of files that were looked through as they are
        self.counting: dict[str, Submission] = {}  # what counts of each student, without its files
        self.waiting: dict[str, float] = {}  # who has something to mark, and when it arrived
        self.running: dict[Future[list[tuple[Submission, str]]], tuple[Submission, float]] = {}  # since when
        self.times = defaultdict(list, audit.times(results, time.time() - HOUR))
        self.failures: dict[str, str] = {}
        self.problems: list[str] = []
        self.told, self.news = 0.0, False  # when the tables were written; whether there is more to tell
        for submission in taken(results):
            self.count(submission, 0)

    def look(self) -> None:
        """Take what has come to rest."""
        folder, now = self.options.submitted, time.time()
        entries = dict(students(folder))
        seen = {name: look_at(theirs) for name, theirs in entries.items()}
        new = [(name, entries[name]) for name in whole(seen, self.seen, now)]
        for submission in each(folder, new, self.results.course, hold=True):
            name = submission.student
            if look_at(dict(students(folder)).get(name, [])) == seen[name]:  # else it is changing again
                self.seen[name] = seen[name]
                self.take(submission, seen[name].arrived)

    def take(self, submission: Submission, arrived: float) -> None:
        """Let a hand-in count, unless it is late; that is said."""
        name = submission.student
        before = self.counting.get(name)
        if self.until is None or arrived <= self.until:
            replace(path_of(self.results, name), pickle.dumps(submission), mode=0o600)
            self.count(submission, arrived)
        elif before is None or before.digests != submission.digests:
            earlier = "what came before counts" if before or self.results.load(name) else "nothing came before"
            say(f"{name:<24} late, at {clock(arrived)}: {earlier}")

    def count(self, submission: Submission, arrived: float) -> None:
        """Let a hand-in count; it waits to be marked, or to be found marked before."""
        self.counting[submission.student] = submission._replace(files={})
        self.waiting[submission.student] = arrived
        self.news = True

    def begin(self, threads: ThreadPoolExecutor, marked: Marking) -> None:
        """Have as many marked as there is room for."""
        busy, now = [submission.student for submission, _ in self.running.values()], time.time()
        for name in to_mark(self.waiting, busy, self.times, now, self.options.hourly, self.until):
            if room([began for _, began in self.running.values()], now, self.options.jobs) <= 0:
                break
            del self.waiting[name]
            submission = load(path_of(self.results, name))
            if not self.results.is_current(submission, self.results.load(name)):
                self.running[threads.submit(lambda one: list(marked([one], False)), submission)] = submission, now

    def finish(self) -> None:
        """Publish what has been marked."""
        for future in [future for future in self.running if future.done()]:
            submission, _ = self.running.pop(future)
            ((_, why),) = future.result()
            self.news, failure = True, {submission.student: why} if why else {}
            self.failures.pop(submission.student, None)
            self.failures |= failure
            self.times[submission.student].append(time.time())
            self.log.write(submission, why)
            graded = class_run.Graded(self.results, [submission], failure)
            said = class_run.publish(graded, self.db, collected(self.options.submitted), everybody=False)
            for line in [*said, *(line for marked in graded for line in self.about(marked))]:
                say(line)

    def tell(self) -> None:
        """Write the tables about the class, and publish what could not be before."""
        names = sorted({*self.counting, *self.seen})
        marked = [name for name in names if name in self.failures or self.results.load(name)]
        hand_ins = [self.counting.get(name, Submission(name, {}, [], {}, {})) for name in marked]
        graded = class_run.Graded(self.results, hand_ins, self.failures)
        folder, out = self.options.submitted, self.options.out
        known = collected(folder)
        problems = class_run.publish(graded, self.db, known)
        write_grades(out, graded.marks)
        run = class_run.Run(graded, known, read_history(folder), problems)
        class_run.write_tables(class_run.summary_of(run), self.results.course, out)
        for problem in problems if problems != self.problems else ():
            say(problem)
        self.told, self.problems, self.news = time.time(), problems, bool(problems)


# when what is due


def look_at(entries: Iterable[os.DirEntry[str]]) -> Seen:
    """Return what there is to see of a student's entries; of very many, the first are looked at."""
    found, arrived, count = list(entries), 0.0, 0
    while found and count < MAX_ENTRIES:
        entry = found.pop()
        count += 1
        with suppress(OSError):  # gone meanwhile, or closed to us: whoever searches it says so
            arrived = max(arrived, entry.stat(follow_symlinks=False).st_ctime)
            if is_folder(entry):
                with os.scandir(entry) as inside:
                    found += islice(inside, MAX_ENTRIES)
    return Seen(arrived, count)


def whole(seen: Mapping[str, Seen], before: Mapping[str, Seen], now: float) -> list[str]:
    """Return whose files are others than `before` and have come to rest: first who came first."""
    new = [name for name, one in seen.items() if before.get(name) != one and now - one.arrived >= REST]
    return sorted(new, key=lambda name: seen[name].arrived)


def to_mark(
    waiting: Mapping[str, float],
    busy: Collection[str],
    times: Mapping[str, Iterable[float]],
    now: float,
    hourly: int,
    until: float | None = None,
) -> list[str]:
    """Return who of those `waiting` may be marked now: first whose hand-in arrived first.

    waiting: {student: when it arrived}. busy: whose earlier hand-in is being marked. times: {student: when they were
    marked}, which may be `hourly` times an hour. After the deadline, the last hand-in is marked in any case.
    """
    over = until is not None and now > until
    free = [
        name
        for name in waiting
        if name not in busy and (over or sum(now - when < HOUR for when in times.get(name, ())) < hourly)
    ]
    return sorted(free, key=lambda name: waiting[name])


def room(running: Collection[float], now: float, jobs: int) -> int:
    """Return how many more may be begun beside those that are `running` since some times.

    One that takes long, or only waits, keeps no other out: it goes on beside `jobs` that have begun of late.
    """
    return min(jobs - sum(now - began < LONG for began in running), jobs * (1 + SPARE) - len(running))


# what counts


def path_of(results: Results, student: str) -> Path:
    """Return the path of the copy of what counts of a student."""
    return results.path(student, "taken").with_suffix(".pickle")


def load(path: Path) -> Submission:
    """Return the submission that a copy holds."""
    return pickle.loads(path.read_bytes())


def taken(results: Results) -> Iterator[Submission]:
    """Yield what counts of each student."""
    return map(load, sorted(path_of(results, "").parent.glob("*.pickle")))


def say(line: str) -> None:
    """Print a line, and when."""
    print(f"{clock(time.time())}  {line}", flush=True)


def clock(seconds: float) -> str:
    """Return a time of the day as text."""
    return f"{datetime.fromtimestamp(seconds):%H:%M:%S}"
