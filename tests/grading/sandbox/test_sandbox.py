"""The sandbox against code that tries to get out, to break the machine, or to stay: real processes, as root and not."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from grading.sandbox import bubblewrap, cgroups, leases, self_test
from grading.sandbox.limits import Limits, loaded_libraries
from grading.sandbox.process import Sandbox, SandboxMissing, sweep
from tests.kit import isolation

pytestmark = pytest.mark.proof

SMALL = Limits(2**28, processes=16, file_bytes=2**21, scratch_bytes=2**23)
PLACES = ["/tmp", "/dev/shm", "/home/student", "/course/dataset"]
SYSCALL = """
    import ctypes, errno, pyseccomp
    libc = ctypes.CDLL(None, use_errno=True)
    def call(name, *arguments):
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        done = libc.syscall(number, *arguments)
        return errno.errorcode[ctypes.get_errno()] if done == -1 else done
"""


@contextmanager
def sandbox(code, folders=None, limits=SMALL, environment=None, **options):
    """A Sandbox that runs Python `code`; when it has ended, nothing of it may be left."""
    if not options.get("trust"):
        isolation.needed()
    mark = uuid.uuid4().hex
    command = [sys.executable, "-I", "-B", "-c", textwrap.dedent(code)]
    with Sandbox(command, folders, limits, environment={"MARK": mark, **(environment or {})}, **options) as started:
        made = [started._lease.folder, *(started._cgroup.folders if started._cgroup else [])]
        held = [os.open(folder, os.O_RDONLY) for folder in made]
        yield started
        started.kill()
    gone = [Path(f"/proc/self/fd/{descriptor}").readlink().name.endswith(" (deleted)") for descriptor in held]
    for descriptor in held:
        os.close(descriptor)
    assert all(gone), made
    assert not running(mark)


def running(mark):
    """The processes that were started with `mark` in their environment, and are not dead."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except (OSError, ProcessLookupError):
            continue
    return found


def answer(code, *arguments, seconds=60, **keywords):
    """What Python `code` prints as JSON in a sandbox, once it has ended by itself."""
    with sandbox(code, *arguments, **keywords) as started:
        deadline = threading.Timer(seconds, started.kill)
        deadline.start()
        text = started.stdout.read()
        deadline.cancel()
    return json.loads(text)


def line(started):
    """The next line that the process in a sandbox prints."""
    text = b""
    while not text.endswith(b"\n"):
        byte = started.stdout.read(1)
        assert byte, f"it ended after {text}"
        text += byte
    return text.decode().strip()


# --- what is there


def test_the_process_finds_its_folders_and_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    (tmp_path / "reviews.txt").write_text("good")
    (tmp_path / "reviews.txt").chmod(0o644)
    folders = {"helpers": ROOT / "helpers", "data/reviews.txt": tmp_path / "reviews.txt"}
    code = """
        import json, os, sys
        sys.path.insert(0, "/course")
        import helpers.reviews
        files = {folder: sorted(os.listdir(folder)) for folder in ("/course", "/course/data", "/course/dataset")}
        descriptors = [number for number in os.listdir("/proc/self/fd") if int(number) > 2]
        there = [os.path.exists(f"/proc/self/fd/{number}") for number in descriptors]
        reviews = open(os.environ["REVIEWS"]).read()
        print(json.dumps([dict(os.environ), os.getcwd(), files, sum(there), helpers.reviews.__file__, reviews]))
    """
    environment, cwd, files, descriptors, module, reviews = answer(
        code, folders, environment={"REVIEWS": "{course}/data/reviews.txt"}
    )
    usual = {"PATH", "HOME", "TMPDIR", "LANG", "USER", "MPLBACKEND", "MPLCONFIGDIR", "OMP_NUM_THREADS"}
    usual |= {"PYTHONDONTWRITEBYTECODE", "NBGRADER_EXECUTION", "PWD", "LC_CTYPE"}
    assert set(environment) - {"MARK", "REVIEWS"} <= usual
    assert environment["NBGRADER_EXECUTION"] == "autograde"
    assert cwd == environment["HOME"] == "/home/student"
    assert files == {"/course": ["data", "dataset", "helpers"], "/course/data": ["reviews.txt"], "/course/dataset": []}
    assert descriptors == 0
    assert module == "/course/helpers/reviews.py"
    assert reviews == "good"


def test_torch_numpy_matplotlib_threads_and_processes_work():
    code = """
        import json, multiprocessing, threading
        import matplotlib.pyplot as plt, numpy as np, torch
        model = torch.nn.Linear(3, 1)
        model(torch.ones(2, 3)).sum().backward()
        plt.plot(np.arange(3)); plt.savefig("/tmp/figure.png")
        done = []
        threads = [threading.Thread(target=done.append, args=(1,)) for _ in range(4)]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
        with multiprocessing.get_context("fork").Pool(2) as pool:
            print(json.dumps([model.weight.grad.tolist(), len(done), pool.map(abs, [-1, -2])]))
    """
    import torch  # noqa: F401 - its libraries are counted

    assert answer(code, limits=Limits(libraries=loaded_libraries())) == [[[2.0, 2.0, 2.0]], 4, [1, 2]]


def test_input_and_output_are_unbuffered_pipes():
    with sandbox("import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)") as started:
        for word in (b"one\n", b"two\n"):
            started.stdin.write(word)
            assert started.stdout.read(100) == word.upper()


# --- what is not there


def test_there_is_no_network():
    code = """
        import json, socket
        def attempt(family, address, kind=socket.SOCK_STREAM):
            try:
                with socket.socket(family, kind) as client:
                    client.settimeout(3)
                    client.connect(address)
            except OSError as error:
                return error.errno
        print(json.dumps([
            [name for _, name in socket.if_nameindex()],
            attempt(socket.AF_INET, ("127.0.0.1", PORT)), attempt(socket.AF_INET, ("198.51.100.1", 80)),
            attempt(socket.AF_INET, ("198.51.100.1", 53), socket.SOCK_DGRAM),
            attempt(socket.AF_UNIX, "\\0NAME"), attempt(socket.AF_VSOCK, (2, 1)), attempt(socket.AF_PACKET, ("lo", 0)),
        ]))
    """
    name = f"recommenders2-{uuid.uuid4().hex}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{name}")
        abstract.listen()
        code = code.replace("PORT", str(server.getsockname()[1])).replace("NAME", name)
        interfaces, *errors = answer(code)
    assert interfaces == ["lo"]
    assert all(errors), errors


def test_nothing_but_the_scratch_places_can_be_written_to():
    code = """
        import json, os
        found = []
        for folder, below, _ in os.walk("/"):
            if folder == "/":
                below.remove("proc")
            below[:] = [name for name in below if not os.path.islink(os.path.join(folder, name))]
            try:
                descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY)
            except OSError:
                continue
            os.close(descriptor)
            found.append(folder)
        def tries(path):
            try:
                os.utime(path)
                return True
            except OSError:
                return False
        print(json.dumps([found, [path for path in FILES if tries(path)]]))
    """
    files = [sys.executable, json.__file__, pytest.__file__, "/usr/bin/env", "/course/helpers/reviews.py"]
    found, changed = answer(code.replace("FILES", repr(files)), {"helpers": ROOT / "helpers"})
    ways = {str(parent) for parent in Path(sys.prefix).parents} - set(PLACES)  # empty folders, if it lies below /tmp
    assert set(found) - ways == set(PLACES)
    assert changed == []


def test_nothing_of_the_project_or_the_instructor_is_visible(tmp_path):
    (tmp_path / "submission.ipynb").write_text("{}")
    wanted = [ROOT / "solutions", ROOT / "gradebook.db", ROOT / "helpers", ROOT / ".git", tmp_path, "/etc/passwd"]
    wanted += [
        "/etc/shadow",
        "/var",
        "/sys",
        "/run",
        leases.FOLDER,
        *(Path.home() / name for name in (".ssh", ".bashrc")),
    ]
    code = f"""
        import json, os
        root = {str(ROOT)!r}
        there = [path for path in {list(map(str, wanted))!r} if os.path.lexists(path)]
        print(json.dumps([there, os.listdir(root) if os.path.exists(root) else []]))
    """
    there, project = answer(code)
    assert there == []
    assert project == ([Path(sys.prefix).name] if Path(sys.prefix).parent == ROOT else [])


def test_other_processes_cannot_be_seen_or_killed():
    code = f"""
        import json, os, signal
        others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
        def attempt(function, *arguments):
            try:
                function(*arguments)
            except OSError as error:
                return type(error).__name__
        outside = attempt(os.kill, {os.getpid()}, 0)
        seen = attempt(open, "/proc/{os.getpid()}/environ")
        parent = attempt(os.kill, os.getppid(), signal.SIGKILL)
        everybody = attempt(os.kill, -1, 0)
        first = attempt(open, "/proc/1/environ")
        print(json.dumps([others, outside, seen, parent, everybody, first, os.getuid()]))
    """
    others, outside, seen, _, everybody, first, uid = answer(code)
    assert others == [1]  # bubblewrap's own
    assert outside == "ProcessLookupError"
    assert seen == "FileNotFoundError"
    assert everybody in (None, "PermissionError", "ProcessLookupError")
    assert first in (None, "PermissionError")
    assert uid != 0


def test_the_process_has_no_rights():
    code = """
        import json
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        names = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
        print(json.dumps([[int(status[name], 16) for name in names], status["Uid"].split(), status["Groups"].split(),
                          int(status["NoNewPrivs"]), int(status["Seccomp"])]))
    """
    capabilities, uids, groups, no_new_privileges, seccomp = answer(code)
    assert capabilities == [0] * 5
    assert "0" not in uids
    assert len(set(uids)) == 1
    assert set(groups) <= {"65534"}
    assert (no_new_privileges, seccomp) == (1, 2)


def test_system_calls_that_nobody_needs_are_refused():
    names = "mount umount2 keyctl bpf perf_event_open unshare setns kexec_load process_vm_readv process_vm_writev "
    names += "userfaultfd add_key open_by_handle_at io_uring_setup personality pivot_root ptrace"
    code = textwrap.dedent(SYSCALL) + textwrap.dedent(f"""
        import json
        refused = {{name: call(name, 0, 0, 0, 0, 0) for name in {names.split()!r}}}
        clone = call("clone", 0x10000000 | 17, 0, 0, 0, 0)
        print(json.dumps([refused, clone, call("clone3", 0, 0)]))
    """)
    refused, clone, clone3 = answer(code)
    assert refused == dict.fromkeys(names.split(), "EPERM")
    assert clone == "EPERM"
    assert clone3 == "ENOSYS"


# --- limits


def test_a_fork_bomb_stops_at_the_limit_and_dies():
    code = """
        import os, time
        count = 1
        try:
            while True:
                if not os.fork():
                    while True:
                        try: os.fork()
                        except OSError: time.sleep(0.01)
                count += 1
        except OSError as error:
            print(error.errno, count, flush=True)
        time.sleep(1000)
    """
    with sandbox(code) as started:
        number, count = map(int, line(started).split())
        assert number == 11  # EAGAIN
        assert count <= SMALL.processes


def test_a_fork_bomb_does_not_stop_the_neighbour():
    bomb = "import os\nwhile True:\n    try: os.fork() or print('x', flush=True)\n    except OSError: pass"
    code = """
        import os, sys
        print(os.getuid(), flush=True)
        for _ in sys.stdin:
            child = os.fork()
            if not child: os._exit(0)
            os.waitpid(child, 0)
            print("forked", flush=True)
    """
    with sandbox(bomb) as hostile, sandbox(code) as neighbour, sandbox(code) as third:
        hostile.stdout.read(SMALL.processes)
        uids = {line(neighbour), line(third)}
        assert len(uids) == (2 if os.getuid() == 0 else 1)
        neighbour.stdin.write(b"go\n")
        assert line(neighbour) == "forked"


def test_threads_count_as_processes():
    code = """
        import json, threading, time
        started = 0
        try:
            for started in range(100):
                threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except RuntimeError:
            pass
        print(json.dumps(started))
    """
    assert answer(code) < SMALL.processes


def test_a_memory_bomb_is_killed_and_reported():
    code = """
        import os, sys
        child = os.fork()
        if not child:
            try:
                held = [b"x" * 2**20 for _ in range(1000)]
            except MemoryError:
                os._exit(3)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        print(status & 127, status >> 8, flush=True)
        sys.stdin.read()
    """
    with sandbox(code) as started:
        if cgroups.parents():
            assert line(started) == "9 0"  # by the kernel
            assert started.memory.killed
            assert started.memory.reached_limit
            assert 0.9 * SMALL.memory < started.memory.peak <= SMALL.memory
        else:
            assert line(started) == "0 3"  # by a MemoryError
    assert started.memory.killed is bool(cgroups.parents())
    assert (started.memory.peak is not None) is bool(cgroups.parents())


def test_memory_is_limited_over_all_processes_and_scratch_files_together():
    if not cgroups.parents():
        pytest.skip("this user cannot make cgroups: memory is limited process by process")
    code = """
        import os, time
        for _ in range(5):
            if not os.fork():
                held = b"x" * (60 * 2**20)
                time.sleep(1000)
        dead = os.wait()[1]
        print(dead & 127, flush=True)
    """
    with sandbox(code) as started:
        assert line(started) == "9"
    assert started.memory.killed


def test_an_honest_process_is_not_called_out_of_memory():
    with sandbox("print('done')") as started:
        assert started.stdout.read() == b"done\n"
        assert not started.memory.killed
    assert not started.memory.killed


def test_a_machine_without_memory_is_not_called_a_limit_that_was_reached():
    code = """
        import os, time
        if not os.fork():
            held = b"x" * (120 * 2**20)
            time.sleep(1000)
        print(os.wait()[1] & 127, flush=True)
    """
    with isolation.machine_of(100 * 2**20), sandbox(code) as started:
        assert line(started) == "9"
        assert started.memory.killed
        assert not started.memory.reached_limit


def test_a_disk_bomb_meets_the_limits():
    code = f"""
        import json, os
        def fill(folder):
            total = 0
            try:
                for number in range(100):
                    with open(f"{{folder}}/{{number}}", "wb", buffering=0) as file:
                        while True:
                            total += file.write(bytes(2**16))
                            if file.tell() > {SMALL.file_bytes}: return "no limit on a file"
            except OSError as error:
                if error.errno == 27 and total < {SMALL.scratch_bytes}:
                    return fill_more(folder, total)
                return [error.errno, total]
        def fill_more(folder, total):
            for number in range(100, 200):
                try:
                    with open(f"{{folder}}/{{number}}", "wb", buffering=0) as file:
                        total += file.write(bytes({SMALL.file_bytes}))
                except OSError as error:
                    return [error.errno, total]
        print(json.dumps([fill(folder) for folder in {PLACES!r}]))
    """
    for number, total in answer(code):
        assert number == 28  # no space left
        assert total <= SMALL.scratch_bytes


def test_a_file_cannot_grow_beyond_its_limit():
    code = """
        import json
        try:
            open("/tmp/large", "wb").write(bytes(2**22))
        except OSError as error:
            print(json.dumps(error.errno))
    """
    assert answer(code) == 27  # file too large


def test_files_and_processor_time_are_limited():
    code = """
        import json, resource
        print(json.dumps([resource.getrlimit(kind) for kind in
                          (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)]))
    """
    assert answer(code) == [[0, 0], [256, 256], [600, 600]]
    with sandbox("while True: pass", limits=SMALL._replace(cpu_seconds=1)) as started:
        assert started.stdout.read() == b""  # without the limit it would never come to an end


# --- the end

STUBBORN = {
    "a daemon with a session of its own": """
        import os, time
        if not os.fork():
            os.setsid()
            if not os.fork():
                os.close(0); os.close(1); os.close(2)
                time.sleep(1000)
            os._exit(0)
        os.wait()
        print("ready", flush=True)
    """,
    "a process that ignores all signals": """
        import signal, time
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        print("ready", flush=True)
        while True:
            try: time.sleep(1000)
            except BaseException: pass
    """,
    "one that kills whatever it can": """
        import os, signal
        print("ready", flush=True)
        for number in range(-1, 70000):
            if number not in (os.getpid(), 0):
                try: os.kill(number, signal.SIGKILL)
                except OSError: pass
    """,
    "one that stops itself and its children": """
        import os, signal, time
        if not os.fork(): os.kill(os.getpid(), signal.SIGSTOP)
        print("ready", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    """,
    "one that floods its pipes": """
        import os, threading
        print("ready", flush=True)
        threading.Thread(target=lambda: [os.write(2, bytes(2**16)) for _ in iter(int, 1)], daemon=True).start()
        while True: os.write(1, bytes(2**16))
    """,
    "one that ends at once": "print('ready')",
    "one that closes its pipes": """
        import os, time
        os.write(1, b"ready\\n"); os.close(0); os.close(1)
        time.sleep(1000)
    """,
}


@pytest.mark.parametrize("code", STUBBORN.values(), ids=STUBBORN)
def test_kill_ends(code):
    with sandbox(code) as started:
        assert line(started) == "ready"
        time.sleep(0.2)


def test_kill_from_another_thread_ends_a_read():
    with sandbox("import time; time.sleep(1000)") as started:
        threading.Timer(0.2, started.kill).start()
        assert started.stdout.read() == b""
        started.kill()
        started.kill()


@pytest.mark.usefixtures("isolation")
def test_a_command_that_is_not_there_just_ends():
    with Sandbox(["/nowhere/python"], limits=SMALL) as started:
        assert started.stdout.read() == b""


GRADER = """
import sys, time
from grading.sandbox.process import Sandbox
code = "import os, time; os.fork(); print('ready', flush=True); time.sleep(1000)"
started = Sandbox([sys.executable, "-c", code], environment={"MARK": sys.argv[1]}, trust=len(sys.argv) > 2)
folders = [started._lease.folder, *(started._cgroup.folders if started._cgroup else [])]
print(started.stdout.read(6).decode().strip(), *folders, flush=True)
time.sleep(1000)
"""


@pytest.mark.usefixtures("isolation")
def test_a_killed_grader_takes_its_sandboxes_along_and_the_next_start_sweeps():
    mark = uuid.uuid4().hex
    grader = subprocess.Popen([sys.executable, "-c", GRADER, mark], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    ready, *folders = grader.stdout.readline().split()
    folders = list(map(Path, folders))
    assert ready == "ready"
    assert running(mark)
    sweep()
    assert all(map(Path.exists, folders)), "what is alive is not swept"
    grader.kill()
    grader.communicate()
    end = time.monotonic() + 60
    while running(mark) and time.monotonic() < end:
        time.sleep(0.01)
    assert not running(mark)
    held = [os.open(folder, os.O_RDONLY) for folder in folders if folder.exists()]
    sweep()
    for descriptor in held:
        assert Path(f"/proc/self/fd/{descriptor}").readlink().name.endswith(" (deleted)")
        os.close(descriptor)


def test_a_sweep_leaves_a_running_sandbox_alone():
    with sandbox("import sys; print(sys.stdin.readline())") as started:
        sweep()
        started.stdin.write(b"still here\n")
        assert line(started) == "still here"


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(leases, "FOLDER", tmp_path / "leases")
    (tmp_path / "leases").mkdir(mode=0o755)
    (tmp_path / "leases").chmod(0o755)
    with pytest.raises(OSError, match="is not yours alone"):
        sweep()


# --- without isolation


def test_trusted_code_finds_the_same_layout(tmp_path):
    code = """
        import json, os, resource, sys
        sys.path.insert(0, "{course}")
        import helpers.reviews
        open("{course}/helpers/reviews.py", "a").write("changed")
        for folder in (os.environ["TMPDIR"], os.environ["HOME"], "{course}/dataset"):
            open(f"{folder}/file", "w").write("x")
        core = resource.getrlimit(resource.RLIMIT_CORE)
        print(json.dumps([helpers.reviews.__file__, os.getcwd(), dict(os.environ), core]))
        os.chmod(os.environ["HOME"], 0)
    """
    before = (ROOT / "helpers" / "reviews.py").read_bytes()
    with sandbox(code, {"helpers": ROOT / "helpers"}, trust=True) as started:
        module, cwd, environment, core = json.loads(started.stdout.read())
        assert module == f"{started.course}/helpers/reviews.py"
        assert cwd == environment["HOME"] == str(Path(started.course).parent / "home")
        assert core == [0, 0]
    assert (ROOT / "helpers" / "reviews.py").read_bytes() == before
    assert environment["NBGRADER_EXECUTION"] == "autograde"
    assert "PYTEST_CURRENT_TEST" not in environment


@pytest.mark.parametrize("name", ["a process that ignores all signals", "one that floods its pipes"])
def test_kill_ends_trusted_code(name):
    with sandbox("import os; os.fork()\n" + textwrap.dedent(STUBBORN[name]), trust=True) as started:
        assert line(started) == "ready"


# --- whether it holds here


@pytest.mark.usefixtures("isolation")
def test_all_self_tests_pass_here():
    found = self_test.self_tests()
    assert [test for test in found if test.mandatory and not test.passed] == []
    assert len(found) == 11
    self_test.refuse_without(found)
    together = {test.name: test for test in found}[self_test.TOGETHER]
    assert together.passed is bool(cgroups.parents())


WITHOUT = {  # the option of a command line that is left out: the self-test that then fails
    "--unshare-net": "network",
    "--unshare-pid": "processes",
    "--seccomp": "calls",
    "--size": "scratch",
    "--nproc": "number",
    "--fsize": "file_size",
    "--as": "memory",
}


@pytest.fixture
def bwrap(tmp_path, monkeypatch):
    """Put a `bwrap` of our own, a Python script, before the real one."""

    def put(script):
        path = tmp_path / "bwrap"
        path.write_text(f"#!{sys.executable}\nimport os, sys\nreal = {shutil.which('bwrap')!r}\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return put


@pytest.mark.usefixtures("isolation")
@pytest.mark.parametrize("option", WITHOUT)
def test_what_is_missing_is_noticed_by_a_self_test(option, bwrap, monkeypatch):
    monkeypatch.setattr(cgroups, "parents", lambda: None)  # what they limit is limited twice
    bwrap(f"""
arguments = []
for argument in sys.argv:
    if arguments and arguments[-1] == {option!r} and {option in ("--seccomp", "--size")}:
        arguments.pop()
    elif argument.split("=")[0] != {option!r} or {option in ("--seccomp", "--size")}:
        arguments.append(argument)
os.execv(real, arguments)
""")
    found = self_test.self_tests()
    assert [test.name for test in found if test.mandatory and not test.passed] == [self_test.NAMES[WITHOUT[option]]]
    with pytest.raises(SandboxMissing, match=self_test.NAMES[WITHOUT[option]]):
        self_test.refuse_without(found)


@pytest.mark.usefixtures("isolation")
def test_a_file_that_should_be_invisible_is_noticed(bwrap):
    bwrap("os.execv(real, [real, '--ro-bind', '/var', '/var', *sys.argv[1:]])")
    found = {test.name: test for test in self_test.self_tests()}
    assert not found["other files are invisible"].passed
    assert "/var" in found["other files are invisible"].detail


def test_without_bubblewrap_the_message_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxMissing, match="apt-get install"):
        Sandbox([sys.executable])
    with pytest.raises(SandboxMissing, match=r"bubblewrap is not installed: sudo apt-get .* install --yes bubblewrap"):
        self_test.refuse_without(self_test.self_tests())


def test_an_old_bubblewrap_is_named(bwrap):
    bwrap("if '--version' in sys.argv: sys.exit(print('bubblewrap 0.6.1'))\nsys.exit('bwrap: Unknown option --size')")
    with pytest.raises(SandboxMissing, match=r"bubblewrap 0\.6\.1 is too old: 0\.8 or newer is needed\."):
        self_test.refuse_without(self_test.self_tests())


def test_a_bubblewrap_that_may_not_do_its_work_is_quoted(bwrap):
    bwrap("sys.exit('bwrap: setting up uid map: Permission denied')")
    with pytest.raises(SandboxMissing, match="bwrap: setting up uid map: Permission denied"):
        self_test.refuse_without(self_test.self_tests())


# --- an ordinary user

CLOSED = "echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --inh-caps=-all --ambient-caps=-all"
WITHOUT_NAMESPACES = ["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-ec", f'{CLOSED} "$@"', "sh"]


@pytest.mark.parametrize("setting", bubblewrap.CLOSED)
def test_who_may_not_make_user_namespaces_reads_which_setting_closes_them(setting, tmp_path):
    for name, (closed, opened) in bubblewrap.CLOSED.items():
        path = tmp_path.joinpath(*name.split("."))
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{closed if name == setting else opened}\n")
    said = bubblewrap.how_to_allow(tmp_path)
    assert f"allow user namespaces with `sudo sysctl --write {setting}={bubblewrap.CLOSED[setting][1]}`" in said
    assert "root" in said
    assert "sysctl" not in bubblewrap.how_to_allow(tmp_path / "none")


@pytest.mark.skipif(os.getuid() != 0, reason="these tests ran as an ordinary user")
def test_the_same_holds_for_an_ordinary_user():
    """All tests above again, as the user nobody, who needs user namespaces and cannot make cgroups."""
    isolation.needed(isolation.NOBODY)
    done = these_tests_as_nobody()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 skipped" in done.stdout  # this test and the next, and the limit that needs cgroups


@pytest.mark.skipif(os.getuid() != 0, reason="root alone can become another user")
def test_an_ordinary_user_who_may_not_make_user_namespaces_reads_how_to_allow_them():
    isolation.needed(isolation.NOBODY)
    tests = [test_there_is_no_network, test_an_old_bubblewrap_is_named]
    done = these_tests_as_nobody(*tests, become=WITHOUT_NAMESPACES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 skipped" in done.stdout
    assert "allow user namespaces with `sudo sysctl --write user.max_user_namespaces=15000`" in done.stdout
    code = "from grading.sandbox.self_test import refuse_without, self_tests; refuse_without(self_tests())"
    done = as_nobody([*WITHOUT_NAMESPACES, sys.executable, "-c", code])
    assert "Students' code cannot be isolated here. bwrap: Creating new namespace failed" in done.stderr
    assert "; allow user namespaces with `sudo sysctl" in done.stderr


def these_tests_as_nobody(*some, become=()):
    """Run `some` of these tests, or all, with what `become` makes of the user nobody before them."""
    tests = [f"{__file__}::{test.__name__}" for test in some] or [__file__]
    with tempfile.TemporaryDirectory() as home:  # pytest's own folders are closed to other users
        shutil.chown(home, 65534, 65534)
        options = ["-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", "--basetemp", f"{home}/tests"]
        return as_nobody([*become, sys.executable, "-m", "pytest", *options, *tests], HOME=home)


def as_nobody(command, **environment):
    """Run a command as the user nobody, to whom the project and its Python are shown where a closed home holds them."""
    environment |= {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as held:
        view = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", shown_to_others(held), "sh"]
        command = [*view, *isolation.NOBODY, *command]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def shown_to_others(held):
    """Return a shell script that replaces closed folders by such as hold nothing but what is needed, and goes on."""
    folders = [ROOT, *map(Path, dict.fromkeys([sys.prefix, sys.base_prefix]))]
    closed = {folder: found for folder in folders if (found := first_closed(folder))}
    keep = [f"mkdir -p {held}{folder}; mount --bind {folder} {held}{folder}" for folder in map(quoted, closed)]
    hide = [f"mount -t tmpfs -o mode=755 tmpfs {folder}" for folder in map(quoted, dict.fromkeys(closed.values()))]
    show = [f"mkdir -p {folder}; mount --bind {held}{folder} {folder}" for folder in map(quoted, closed)]
    return "\n".join([*keep, *hide, *show, f"cd {quoted(ROOT)}", 'exec "$@"'])


def first_closed(folder):
    """Return the first folder on the way to `folder` into which others may not go, or None."""
    return next((way for way in reversed(folder.parents) if not way.stat().st_mode & 0o001), None)


def quoted(path):
    return shlex.quote(str(path))
