"""Git repositories of students, from which files are read without running anything of theirs.

A repository is cloned without a working tree, and files are read out of it as they were committed. So there is no hook,
filter, link or submodule that could do anything, and nothing is asked for at the terminal. A clone on this disk is
itself cloned first: git is made to be safe there, whatever a student wrote into it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from grading.collect.hand_ins import CollectError, Content, File, HandIn, Source, is_looked_at
from grading.collect.rosters import Roster
from grading.handed_in.archives import MAX_FILE, Unreadable, printable
from grading.handed_in.submissions import MAX_ENTRIES
from grading.tables import Table
from grading.texts import cut

SECONDS = 300  # for one repository
LIMITED = ["sh", "-c", 'ulimit -f 4194304 && exec "$@"', "sh"]  # runs what follows; no file grows beyond 2 GB
MAX_LISTING = 2**20  # bytes of a commit's list of files
SETTINGS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_ALLOW_PROTOCOL": "https:ssh:file",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
OF_ANOTHER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")
URL, NAME = "student_repository_url", "student_repository_name"
USER_NAMES = ("github_username", "student_username")
ADVICE = ("Please make sure you have the correct access rights", "and the repository exists.")  # of git's, for anything
KINDS = {"120000": "a link, and links are not followed", "160000": "another repository, which is not read"}


def is_list(table: Table) -> bool:
    """Whether a table is GitHub Classroom's list of an assignment's repositories."""
    return URL in table.header


def are_clones(folder: Path) -> bool:
    """Whether most folders in a folder are clones, as `gh classroom clone student-repos` makes them."""
    clones = [is_clone(path) for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return sum(clones) * 2 > len(clones)


def is_clone(path: Path) -> bool:
    """Whether a folder is a clone, and not a link to one."""
    return not path.is_symlink() and (path / ".git").exists()


def listed(path: Path, roster: Roster, deadline: datetime | None) -> Source:
    """Return the Source of a list of repositories, one for each row; of a team's, whose rows name one, there is one."""
    table = Table(path)
    teams: dict[str, list[dict[str, str]]] = {}
    for row in range(len(table)):
        fields = dict(zip(table.header, [table.cell(row, n) for n in range(len(table.header))], strict=True))
        teams.setdefault(fields[URL], []).append(fields)
    hand_ins = [hand_in(url, rows, roster, deadline) for url, rows in teams.items() if url]
    without = [member(fields) for fields in teams.get("", []) if any(fields.values())]
    notes = [f"{printable(name)} has no repository in the list." for name in without]
    return Source("github", "a list of repositories of GitHub Classroom's", hand_ins, notes, ordered=False)


def member(fields: dict[str, str]) -> str:
    """Return a student's GitHub user name in a row of the list."""
    return next((fields[name] for name in USER_NAMES if fields.get(name)), "")


def hand_in(url: str, rows: list[dict[str, str]], roster: Roster, deadline: datetime | None) -> HandIn:
    """Return the HandIn of the repository at `url`, which one student has, or several as a team."""
    first, known = rows[0], [roster.identifier(member(fields)) for fields in rows]
    repository = (first.get(NAME) or url.removesuffix(".git")).rstrip("/").rsplit("/", 1)[-1]
    if len(rows) > 1:
        name = first.get("group_name") or repository
    else:
        name = known[0] or first.get("roster_identifier") or member(first) or repository
    return HandIn(repository, name, partial(cloned, url, deadline), email_in(name))


def email_in(name: str) -> str:
    """Return the name by which an instructor knows a student, if it is an e-mail address."""
    return name if "@" in name else ""


def clones(folder: Path, roster: Roster, deadline: datetime | None) -> Source:
    """Return the Source of a folder of clones, `<assignment>-<user>/` each."""
    assignment = folder.name.removesuffix("-submissions") if folder.name.endswith("-submissions") else None
    hand_ins, notes = [], []
    for path in sorted(folder.iterdir()):
        if not is_clone(path):
            notes += [] if path.name.startswith(".") else [f"{printable(path.name)} is no clone."]
            continue
        user = path.name.removeprefix(f"{assignment}-") if assignment else path.name
        name = roster.identifier(roster.user_of(path.name)) or user
        content = partial(cloned, path.resolve().as_uri(), deadline)
        hand_ins.append(HandIn(path.name, name, content, email_in(name)))
    return Source("github", "a folder of clones", hand_ins, notes, ordered=False)


@contextmanager
def cloned(url: str, deadline: datetime | None) -> Iterator[Content]:
    """Yield the Content of the repository at `url`: its last commit, or the last one before the `deadline`.

    The main line counts: commits that were merged into it later are not of before.
    """
    with tempfile.TemporaryDirectory(prefix="collect-") as scratch:
        folder = Path(scratch) / "repository"
        depth = [] if deadline else ["--depth", "1"]
        git("clone", "--quiet", "--bare", "--single-branch", "--no-tags", "--template=", *depth, "--", url, folder)
        before = [f"--before={deadline.isoformat()}"] if deadline else []
        if not git("for-each-ref", "--count=1", folder=folder) and (folder / "HEAD").read_bytes().startswith(b"ref:"):
            yield Content([], None, ["The repository, or its main branch, is empty."])
            return
        found = git("rev-list", "-1", "--timestamp", "--first-parent", *before, "HEAD", folder=folder).split()
        if not found:
            yield Content([], None, [f"The repository holds no commit of before {deadline:%Y-%m-%d %H:%M}."])
            return
        seconds, commit = int(found[0]), found[1].decode()
        files, notes = committed(folder, commit, seconds)
        if seconds > time.time() + 86_400:
            yield Content(
                files, None, [*notes, "Its commit says that it is of the future: when it was made is not known."]
            )
        else:
            yield Content(files, seconds, notes)


def committed(folder: Path, commit: str, seconds: int) -> tuple[list[File], list[str]]:
    """Return the files of a commit that the grader looks at, and notes on what is left out."""
    files, notes = [], []
    for line in listing(folder, commit):
        facts, name = line.split(b"\t", 1)
        kind, _, blob, size = facts.decode().split()
        path = tuple(os.fsdecode(name).split("/"))
        if kind in KINDS:
            notes.append(f"{printable('/'.join(path))} is {KINDS[kind]}.")
        elif is_looked_at(path):
            files.append(File(path, seconds, partial(read, folder, blob, int(size), path[-1])))
    return files, notes


def listing(folder: Path, commit: str) -> list[bytes]:
    """Return a line for each file of a commit; raises CollectError if there are too many, without reading them all."""
    with started("ls-tree", "-r", "-l", "-z", "--full-tree", commit, folder=folder) as process:
        assert process.stdout
        text = process.stdout.read(MAX_LISTING + 1)
        if len(text) > MAX_LISTING:
            stop(process)
    lines = text.split(b"\0")[:-1]
    if process.returncode or len(lines) > MAX_ENTRIES:
        raise CollectError(f"The repository holds more than {MAX_ENTRIES:,} files, or files with very long names.")
    return lines


def read(folder: Path, blob: str, size: int, name: str) -> bytes:
    """Return a file as it was committed."""
    if size > MAX_FILE:
        raise Unreadable(f"The file {printable(name)} is larger than {MAX_FILE // 2**20} MB.")
    return git("cat-file", "blob", blob, folder=folder)


def git(*arguments: str | Path, folder: str | Path = ".") -> bytes:
    """Run git; return what it wrote. Raises CollectError with what it said."""
    with started(*arguments, folder=folder) as process:
        try:
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            stop(process)
            raise CollectError(f"git {arguments[0]} took longer than {SECONDS} seconds, and was stopped.") from None
    if process.returncode:
        lines = [line for line in errors.decode(errors="replace").splitlines() if line and not line.startswith(ADVICE)]
        raise CollectError(f"git {arguments[0]}: {cut(printable(' '.join(lines[-5:])), 500) or 'it was stopped'}")
    return output


def started(*arguments: str | Path, folder: str | Path) -> subprocess.Popen[bytes]:
    """Start git in a session of its own, in which there is no terminal to ask at."""
    if not shutil.which("git"):
        raise CollectError("git is missing, which reads students' repositories.")
    environment = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER} | SETTINGS
    return subprocess.Popen(
        [*LIMITED, "git", "-c", "core.hooksPath=/dev/null", *map(str, arguments)],
        cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def stop(process: subprocess.Popen[bytes]) -> None:
    """End git, and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
