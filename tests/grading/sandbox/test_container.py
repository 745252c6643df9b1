"""docs/container.md, followed: the image is built, and grades a class with the rights that the page names."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.course import Course

PROGRAMS = ("podman", "buildah", "runc", "debootstrap")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.getuid() != 0, reason="only root can make Debian in a folder, and start a container of it"),
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="podman is not installed: `make podman`"),
]
TEXT = (ROOT / "docs" / "container.md").read_text(encoding="utf-8")
BUILD, GRADE = (shlex.split(code.replace("\\\n", "")) for code in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
[SAID] = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
OURS, KEPT = "$PWD:/course", "--userns=keep-id"
MORE = ("--security-opt=unmask=ALL", "--security-opt=seccomp=unconfined")  # rights more than usual
NOBODY = 12345  # an ordinary user
HERE = {  # what podman of Debian 12 needs where there is no systemd, and cgroups of both versions
    "podman": ["--cgroup-manager=cgroupfs", "--events-backend=file"],
    "build": ["--runtime=runc", "--ulimit=nofile=1024:4096", "--ulimit=nproc=4096:4096", "--network=host"],
    "run": ["--runtime=runc", "--ulimit=nofile=1024:4096", "--ulimit=nproc=4096:4096"],
}


@pytest.fixture(scope="module")
def podman(tmp_path_factory):
    """Run a command of podman's, with its images in a folder that goes when the tests have run."""
    folder = tmp_path_factory.mktemp("podman")

    def podman(command, *arguments, cwd=ROOT, **options):
        places = [f"--root={folder}/images", f"--runroot={folder}/running"]
        line = ["podman", *places, *HERE["podman"], command, *HERE.get(command, []), *arguments]
        return subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False, **options)

    yield podman
    podman("rmi", "--all", "--force")
    shutil.rmtree(folder)


def pips_settings(folder):
    """Return options that give a build what pip is told on this machine: mirrors, wheels, certificates."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    settings = re.findall(r"^(?:global|:env:)\.(index-url|find-links|cert)='(.*)'$", listed.stdout, re.MULTILINE)
    lines, options = ["[global]"], [f"--volume={folder}/pip.conf:/etc/pip.conf:ro"]
    for name, value in dict(settings).items():
        given = f"/given{value}" if Path(value).exists() else value
        options += [f"--volume={value}:{given}:ro"] if given != value else []
        lines.append(f"{name} = {given}")
    (folder / "pip.conf").write_text("\n".join(lines))
    return options


@pytest.fixture(scope="module")
def image(podman, tmp_path_factory):
    """The image, built as the page says, upon a Debian of debootstrap's."""
    folder = tmp_path_factory.mktemp("debian")
    debian = folder / "root"
    subprocess.run(["debootstrap", "--variant=minbase", "bookworm", debian], check=True, capture_output=True)
    with subprocess.Popen(["tar", "-C", debian, "-c", "."], stdout=subprocess.PIPE) as packed:
        podman("import", "-", "bookworm", stdin=packed.stdout)
    shutil.rmtree(debian)
    _, command, *arguments = BUILD
    done = podman(command, "--build-arg=BASE=localhost/bookworm", *pips_settings(folder), *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def course(tmp_path):
    """A copy of the project with a class of two; all of it is an ordinary user's."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    root = tmp_path / "course"
    for name in tracked.splitlines():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    demo.in_a_folder(root / "submitted" / "ada", dict(list(demo.solved(Course(root)).items())[:1]))
    demo.in_a_folder(root / "submitted" / "ben", dict(list(demo.solved(Course(root), demo.CRASHING).items())[:1]))
    for path in (root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    return root


def command(course, *, without=""):
    """Return the arguments of the page's command to grade, for a course, as an ordinary user, without an option."""
    here = {OURS: f"{course}:/course", KEPT: f"--user={NOBODY}:{NOBODY}"}
    assert {OURS, KEPT, *MORE} < set(GRADE)
    return [here.get(word, word) for word in GRADE[2:] if word != without]


def test_a_class_is_graded_inside_with_the_pages_rights_and_layers(podman, image, course, run):
    done = podman("run", *command(course), cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(SAID)
    [inside] = course.glob("grades.csv")
    marks = inside.read_bytes()
    assert inside.stat().st_uid == NOBODY
    run("grading", "submitted", "--course", course, "--regrade", cwd=course)  # with the same key
    assert inside.read_bytes() == marks


@pytest.mark.parametrize("right", MORE)
def test_without_a_right_more_than_usual_no_students_code_runs(right, podman, image, course):
    done = podman("run", *command(course, without=right), cwd=course)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Students' code cannot be isolated here." in done.stderr
    assert not (course / "grades.csv").exists()
