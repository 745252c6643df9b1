"""What a class handed in, searched in a process beside: whatever a file does to it, the next student's is searched.

Files are read within limits of their own. These are for what nobody has thought of: the process that takes a minute of
the processor, or a gigabyte, over one student's files is ended, and another goes on with the next student.
"""

import os
import resource
import signal
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from grading.course import Course
from grading.handed_in.submissions import Submission, class_folder, students, submission

CPU_SECONDS = 60  # for the files of a student; an honest one needs less than one
MEMORY = 2**30  # bytes beyond what the process has at its beginning
PATIENCE = 900  # seconds, where a disk keeps it waiting
GIVEN_UP = "These files took more than {} to look through, and were not read: ask for the notebooks by themselves."

Entries = list[tuple[str, list[os.DirEntry[str]]]]  # of students, in order


def search(folder: Path, course: Course, student: str | None = None) -> list[Submission]:
    """Return the submissions in `folder` as find_submissions does, or only that of the one `student`."""
    folder = class_folder(folder, course)
    everyone = [pair for pair in students(folder) if student in (None, pair[0])]
    found: list[Submission] = []
    while len(found) < len(everyone):
        found += as_far_as_possible(folder, everyone[len(found) :], course)
    return found


def as_far_as_possible(folder: Path, everyone: Entries, course: Course) -> list[Submission]:
    """Return the submissions of the first students of `everyone`, up to the one whose files end the process."""
    here, there = (context := get_context("fork")).Pipe(duplex=False)
    process = context.Process(target=search_all, args=(folder, everyone, course, there))
    process.start()
    there.close()
    found: list[Submission] = []
    with suppress(EOFError):
        while len(found) < len(everyone) and here.poll(PATIENCE):
            found.append(here.recv())
    process.kill()
    process.join()
    if len(found) < len(everyone):
        found.append(Submission(everyone[len(found)][0], {}, [GIVEN_UP.format(f"{CPU_SECONDS} s")], {}, {}))
    return found


def search_all(folder: Path, everyone: Entries, course: Course, report: Connection) -> None:
    """Send the submission of each student; the process ends where one takes too long."""
    with suppress(ValueError, OSError):  # where it cannot be limited, as on macOS, it goes without
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for student, entries in everyone:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            found = submission(student, folder, entries, course)
        except MemoryError:
            found = Submission(student, {}, [GIVEN_UP.format(f"{MEMORY // 2**20} MB")], {}, {})
        report.send(found)
