"""What a class handed in, searched in a process beside: whatever a file does to it, the next student's is searched.

Files are read within limits of their own. These are for what nobody has thought of: the process that takes a minute of
the processor, or a gigabyte, over one student's files is ended, and another goes on with the next student.
"""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from grading.course import Course
from grading.handed_in.submissions import Submission, class_folder, held, students, submission

CPU_SECONDS = 60  # for the files of a student; an honest one needs less than one
MEMORY = 2**30  # bytes beyond what the process has at its beginning
PATIENCE = 900  # seconds, where a disk keeps it waiting
GIVEN_UP = "These files took more than {} to look through, and were not read: ask for the notebooks by themselves."

Entries = list[tuple[str, list[os.DirEntry[str]]]]  # of students, in order


def search(folder: Path, course: Course, student: str | None = None) -> list[Submission]:
    """Return the submissions in `folder` as find_submissions does, or only that of the one `student`."""
    folder = class_folder(folder, course)
    return list(each(folder, [pair for pair in students(folder) if student in (None, pair[0])], course))


def each(folder: Path, everyone: Entries, course: Course, hold: bool = False) -> Iterator[Submission]:
    """Yield the submission of each student of a class, held if asked for."""
    while everyone:
        done = 0
        for found in as_far_as_possible(folder, everyone, course, hold):
            yield found
            done += 1
        everyone = everyone[done:]


def as_far_as_possible(folder: Path, everyone: Entries, course: Course, hold: bool) -> Iterator[Submission]:
    """Yield the submissions of the first students of `everyone`, up to the one whose files end the process."""
    here, there = (context := get_context("fork")).Pipe(duplex=False)
    process = context.Process(target=search_all, args=(folder, everyone, course, hold, here, there))
    process.start()
    there.close()
    try:
        for student, _ in everyone:
            try:
                found = here.recv() if here.poll(PATIENCE) else None
            except EOFError:
                found = None
            yield found or Submission(student, {}, [GIVEN_UP.format(f"{CPU_SECONDS} s")], {}, {})
            if not found:
                break
    finally:
        process.kill()
        process.join()


def search_all(
    folder: Path, everyone: Entries, course: Course, hold: bool, reader: Connection, report: Connection
) -> None:
    """Send the submission of each student; the process ends where one takes too long, or nobody reads any more."""
    reader.close()  # this process's own end of it, which would keep it waiting for ever
    with suppress(ValueError, OSError):  # where it cannot be limited, as on macOS, it goes without
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for student, entries in everyone:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            found = submission(student, folder, entries, course)
            found = held(found) if hold else found
        except MemoryError:
            found = Submission(student, {}, [GIVEN_UP.format(f"{MEMORY // 2**20} MB")], {}, {})
        try:
            report.send(found)
        except BrokenPipeError:  # the grader was killed
            return
