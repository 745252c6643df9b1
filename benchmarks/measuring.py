"""Measuring: each competitor runs in a process of its own, so that threads, memory and imports are its own.

`in_a_process(function, threads, **options)` starts `python -m benchmarks.measuring module:function`, which calls the
function with the options and hands back what it returns (plain numbers, texts, lists and dicts), with its memory.
"""

import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LIMITS = ("OMP", "MKL", "OPENBLAS", "NUMBA", "RAYON", "LK")  # each reads its own <NAME>_NUM_THREADS


class Clock:
    """CPU and wall seconds of the blocks that it is told to count: `with clock: ...`, as often as needed."""

    def __init__(self):
        self.cpu = self.wall = 0.0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Count from now on."""
        self._cpu, self._wall = spent(), time.perf_counter()

    def stop(self):
        """Count no further."""
        self.cpu += spent() - self._cpu
        self.wall += time.perf_counter() - self._wall


class Pausing:
    """A loader in whose passes a clock stands still: with it as `fit`'s validation loader, training alone is timed."""

    def __init__(self, loader, clock):
        self.loader, self.clock = loader, clock
        self.cpu, self.wall = [], []  # seconds counted until each pass

    def __iter__(self):
        self.clock.stop()
        self.cpu.append(self.clock.cpu)
        self.wall.append(self.clock.wall)
        yield from self.loader
        self.clock.start()


def spent():
    """Return the CPU seconds of this process, all its threads, and the processes it started that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def memory(key="VmHWM"):
    """Return this process's peak memory in MB; "VmRSS": what it holds now.

    Linux hands ru_maxrss of a process on to those it starts, so there we read what it keeps for each program instead.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith(key))
        return int(line.split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def in_a_process(function, threads=1, **options):
    """Call `function(**options)` in a new process with so many threads; return its dict, with "peak" in MB."""
    environment = os.environ | {f"{name}_NUM_THREADS": str(threads) for name in LIMITS}
    environment["POLARS_MAX_THREADS"] = str(threads)
    command = [sys.executable, "-m", "benchmarks.measuring", f"{function.__module__}:{function.__qualname__}"]
    with tempfile.TemporaryFile() as log:
        done = subprocess.run(
            command, input=json.dumps(options), stdout=subprocess.PIPE, stderr=log, env=environment, text=True
        )
        if done.returncode:
            log.seek(0)
            raise RuntimeError(f"{' '.join(command[3:])} failed:\n{log.read().decode(errors='replace')}")
    return json.loads(done.stdout)


def interleaved(jobs, repeats=1):
    """Run each job `repeats` times, in turns, so that a busy machine hurts all alike; return name -> results.

    jobs: name -> a function without arguments.
    """
    results = {name: [] for name in jobs}
    for number in range(repeats):
        for name, job in jobs.items():
            print(f"  {name} ({number + 1} of {repeats}) ...", file=sys.stderr)
            results[name].append(job())
    return results


def median(values):
    """Return the median of several numbers; None where one of them is None."""
    values = list(values)
    return None if None in values else statistics.median(values)


class Curve(NamedTuple):
    """What a training reached: after `epochs[n]` epochs and `cpu[n]` CPU seconds, the validation error `val[n]`."""

    epochs: list
    cpu: list
    wall: list
    val: list
    test: float  # of the epoch with the lowest validation error
    added: float  # MB that training took beyond what stood in memory before it

    def best(self):
        """Return the lowest validation error."""
        return min(self.val)

    def best_epoch(self):
        """Return the number of epochs that led to it."""
        return self.epochs[self.val.index(self.best())]

    def epoch(self, kind="cpu"):
        """Return the seconds of an epoch."""
        return getattr(self, kind)[-1] / self.epochs[-1]

    def seconds_to(self, error):
        """Return the CPU seconds after which the validation error was first `error` or less; None: never."""
        return next((cpu for cpu, val in zip(self.cpu, self.val, strict=True) if val <= error), None)


class Runs:
    """One competitor, measured several times: what its processes handed back, among it Curves. Numbers are medians."""

    def __init__(self, results):
        self.results = results
        self.curves = [Curve(*(result[name] for name in Curve._fields)) for result in results]

    def of(self, key):
        """Return the median of one entry of the results; None where they have none."""
        return median(result.get(key) for result in self.results)

    def epoch(self, kind="cpu"):
        """Return the seconds of an epoch."""
        return median(curve.epoch(kind) for curve in self.curves)

    def seconds_to(self, error):
        """Return the CPU seconds of training until the validation error was `error` or less; None: never."""
        return median(curve.seconds_to(error) for curve in self.curves)

    @property
    def first(self):
        """The first Curve: errors are the same in all."""
        return self.curves[0]


def main():
    """Call the function that the command line names with the options on standard input; write what it returns."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    module, name = sys.argv[1].split(":")
    result = getattr(importlib.import_module(module), name)(**json.load(sys.stdin))
    result = result._asdict() if hasattr(result, "_asdict") else result
    json.dump(result | {"peak": memory()}, answer)
    answer.close()


if __name__ == "__main__":
    main()
