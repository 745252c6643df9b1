"""What a sandbox may use of the machine."""

from pathlib import Path
from typing import NamedTuple


class Limits(NamedTuple):
    """What a sandbox may use."""

    memory: int = 2 * 2**30  # bytes of all its processes and scratch files together, where cgroups can be made
    processes: int = 64  # processes and threads
    cpu_seconds: int = 600  # of each process
    file_bytes: int = 256 * 2**20  # of each file
    open_files: int = 256  # of each process
    scratch_bytes: int = 256 * 2**20  # in each of the four places that can be written to
    address_space: int | None = None  # bytes of each process; None: no limit; without cgroups `memory` and `libraries`
    libraries: int = 0  # bytes of a process's addresses that its libraries take: see `loaded_libraries`


def loaded_libraries() -> int:
    """Return how many bytes of addresses the libraries take that this process has loaded.

    Those of torch for CUDA take 2.8 GB, and little memory. Where it is a process's addresses that are limited, since
    cgroups cannot be made, they come on top: a process that loads torch, too, would not even start.
    """
    maps = Path("/proc/self/maps")
    lines = [line.split() for line in maps.read_text().splitlines()] if maps.exists() else []
    ends = [line[0].split("-") for line in lines if ".so" in line[-1]]
    return sum(int(end, 16) - int(start, 16) for start, end in ends)
