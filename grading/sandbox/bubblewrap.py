"""Bubblewrap: the command line that shows a process a system of its own, read-only but for some scratch space."""

import os
import resource
from collections.abc import Mapping
from pathlib import Path

from grading.files import interpreter_folders
from grading.sandbox.limits import Limits

COURSE, HOME = "/course", "/home/student"
INSTALL = "sudo apt-get update && sudo apt-get install --yes bubblewrap"
OLDEST = (0, 8)  # the first release with all options used here
CLOSED = {  # what keeps ordinary users from making user namespaces: (the value that does, one that does not)
    "user.max_user_namespaces": ("0", "15000"),
    "kernel.unprivileged_userns_clone": ("0", "1"),  # Debian's own, until 10
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),  # Ubuntu's, since 23.10
}


def isolated(
    command: list[str],
    folders: Mapping[str, Path],
    limits: Limits,
    environment: Mapping[str, str],
    uid: int,
    seccomp: int,
    info: int,
) -> list[str]:
    """Return `command` wrapped so that it runs isolated.

    folders: {path inside: path outside}, shown read-only. uid: the user to become where we are root. seccomp, info:
    descriptors, the filter to read and where bubblewrap is to write the number of its first process.
    """
    root = os.getuid() == 0
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    options += ["--hostname", "sandbox", "--new-session", "--die-with-parent", "--cap-drop", "ALL"]
    if root:  # mounts need root; after them, `_become` takes a user that is real to the file system and to the limits
        options += [part for name in ("SETUID", "SETGID", "SETPCAP") for part in ("--cap-add", f"CAP_{name}")]
    else:
        options += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--disable-userns"]
    options += _system() + _scratch(limits.scratch_bytes) + _shown(folders)
    options += ["--remount-ro", "/", "--remount-ro", "/dev", "--chdir", HOME, "--clearenv"]
    options += [part for name, value in environment.items() for part in ("--setenv", name, value)]
    options += ["--seccomp", str(seccomp), "--info-fd", str(info)]
    return ["bwrap", *options, "--", *(_become(uid) if root else []), *limited(limits), *command]


def how_to_allow(settings: Path = Path("/proc/sys")) -> str:
    """Return, as the end of a sentence, what somebody can do whom this system does not let make user namespaces."""
    closed = [f"{name}={opened}" for name, (shut, opened) in CLOSED.items() if _setting(settings, name) == shut]
    allow = f"allow user namespaces with `sudo sysctl --write {' '.join(closed)}`, or do this as root"
    return allow if closed else "as root it may work, so try again with sudo"


def limited(limits: Limits) -> list[str]:
    """Return the start of a command line that sets the limits on each process."""
    wanted: dict[str, tuple[int, int | None]] = {
        "core": (resource.RLIMIT_CORE, 0),
        "cpu": (resource.RLIMIT_CPU, limits.cpu_seconds),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_bytes),
        "nofile": (resource.RLIMIT_NOFILE, limits.open_files),
        "nproc": (resource.RLIMIT_NPROC, limits.processes),
        "as": (resource.RLIMIT_AS, limits.address_space),
    }
    data = resource.getrlimit(resource.RLIMIT_DATA)[1]
    return [
        "prlimit",
        f"--data={'unlimited' if data == resource.RLIM_INFINITY else data}:",  # the grader's own is not for students'
        *(f"--{name}={_at_most(kind, most)}" for name, (kind, most) in wanted.items() if most is not None),
    ]


def _setting(settings: Path, name: str) -> str | None:
    try:
        return settings.joinpath(*name.split(".")).read_text().strip()
    except OSError:  # this kernel has no such setting, or does not tell
        return None


def _become(uid: int) -> list[str]:
    groups = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    return ["setpriv", *groups, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]


def _system() -> list[str]:
    options = ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/lib", "/lib32", "/lib64", "/sbin"):
        if Path(name).is_symlink():
            options += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).is_dir():
            options += ["--ro-bind", name, name]
    options += _folder("/etc")
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts"):
        options += ["--ro-bind-try", name, name]
    return [*options, "--proc", "/proc", "--dev", "/dev"]


def _scratch(size: int) -> list[str]:
    """Return the places that may be written to: in memory, of `size` bytes each."""
    options = [*_folder("/home"), *_folder(COURSE)]
    for folder in ("/tmp", "/dev/shm", HOME, f"{COURSE}/dataset"):
        options += ["--perms", "1777", "--size", str(size), "--tmpfs", folder]
    return options


def _shown(folders: Mapping[str, Path]) -> list[str]:
    shown = dict.fromkeys(interpreter_folders()) | {Path(inside): outside for inside, outside in folders.items()}
    options, made = [], {Path(folder) for folder in ("/", "/etc", "/home", "/tmp", COURSE, HOME, f"{COURSE}/dataset")}
    for inside, outside in shown.items():
        for parent in reversed(inside.parents):
            if parent not in made:  # bubblewrap would make it itself, but closed to all others
                options += _folder(parent)
                made.add(parent)
        options += ["--ro-bind", str(outside or inside), str(inside)]
        made.add(inside)
    return options


def _folder(path: str | Path) -> list[str]:
    return ["--perms", "0755", "--dir", str(path)]


def _at_most(kind: int, value: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)
