"""Marking a submission: its notebooks are read, run in the sandbox, and each answer is examined where its check is."""

import hashlib
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from authoring.registry import Exercise
from exercises.kit.expect import indent
from grading.course import Course
from grading.examining.building_on import builds_on
from grading.examining.examiners import examiner_of
from grading.examining.reference import Reference, left_out
from grading.handed_in.matching import Matched, Step, match
from grading.handed_in.newer_python import NewerPython, newer_python
from grading.handed_in.reaching import reaching
from grading.handed_in.reading import Unreadable, read_notebook
from grading.handed_in.submissions import Content, Submission, content_of
from grading.remote.kernel import Kernel, Limits, MachineOutOfMemory, Seconds
from grading.remote.proxies import Examination, StudentError, error_of
from grading.remote.replies import Broken, Died, Malformed, TooSlow
from grading.seeds import seed
from grading.verdicts import Marked, Part, Verdict, mark
from helpers.errors import explain

Verdicts = dict[str | None, Verdict]  # by exercise; that of None is for all others
COUNTED = ("wrong", "error", "timeout", "memory", "crashed")  # verdicts on an answer that is there
TRIES = 3  # times that a notebook is begun anew after a cell broke its process


def plain_digest(name: str, content: str) -> str:
    """Return the digest of what was handed in, as it is."""
    return content


def files_of(name: str, content: Content) -> dict[str, str | None]:
    """Return the sha256 of a notebook, or None, and those of the modules beside it, by their names."""
    notebook = None if content.notebook is None else hashlib.sha256(content.notebook).hexdigest()
    modules = {f"{name}/{path}": hashlib.sha256(data).hexdigest() for path, data in content.modules.items()}
    return {name: notebook} | modules


class Marker:
    """Marks submissions to `course`. reference: what our own solutions give. key: bytes that nobody else knows.

    digest: takes a notebook's name and the digest of what was handed in of it, and returns that of all that its marks
    follow from. facts: what the audit says of every submission. kernel: further settings of the Kernel.
    """

    def __init__(
        self,
        course: Course,
        reference: Reference,
        key: bytes,
        seconds: Seconds = Seconds(),  # noqa: B008
        trust: bool = False,
        digest: Callable[[str, str], str] = plain_digest,
        facts: Mapping[str, Any] | None = None,
        **kernel: Limits,
    ) -> None:
        self.course, self.reference, self.key, self.facts = course, reference, key, dict(facts or {})
        self.seconds, self.trust, self.digest, self.kernel = seconds, trust, digest, kernel
        self.left_out = {name: left_out(notebook) for name, notebook in course.solutions.items()}

    def mark(self, submission: Submission, kept: dict[str, Part] | None = None) -> Marked:
        """Return the submission Marked: whatever it is, each exercise has its verdict.

        kept: {name: Part} of an earlier marking; a part whose digest would be the same is taken as it is.
        """
        parts: dict[str, Part] = {}
        facts: dict[str, Any] = self.facts | {"files": {}, "seconds": {}}
        with Kernel(self.reference.reviews.path, self.seconds, trust=self.trust, **self.kernel) as kernel:
            for name in self.course.released:
                content = content_of(submission, name)
                facts["files"] |= files_of(name, content)
                digest = self.digest(name, content.digest)
                start = time.monotonic()
                if kept and name in kept and kept[name].digest == digest:
                    parts[name] = kept[name]
                else:
                    parts[name] = self.part(submission.student, name, content, kernel, digest)
                facts["seconds"][name] = round(time.monotonic() - start, 3)
        facts["phases"] = {name: round(seconds, 3) for name, seconds in kernel.phases.items()}
        facts["limits"] = kernel.limits._asdict() | {"seconds": self.seconds._asdict()}
        facts["peak_memory"], facts["cpu_seconds"] = kernel.peak_memory, round(kernel.used, 3)
        return Marked(submission.student, parts, facts, list(submission.notes))

    def part(self, student: str, name: str, content: Content, kernel: Kernel, digest: str) -> Part:
        """Mark one notebook."""
        exercises = [exercise for exercise in self.course.automatic.values() if exercise.notebook == name]
        reached: list[str] = []
        verdicts, notebook, notes = self.verdicts(name, content, kernel, reached)
        marks = [mark(student, exercise, verdicts.get(exercise.id) or verdicts[None]) for exercise in exercises]
        return Part(digest, marks, notebook, notes, tuple(reached))

    def verdicts(
        self, name: str, content: Content, kernel: Kernel, reached: list[str]
    ) -> tuple[Verdicts, NotebookNode | None, list[str]]:
        """Return {exercise: verdict}, that of None being for all others; the notebook for nbgrader; and notes.

        What reaches out of its place is added to `reached`.
        """
        if content.notebook is None and not content.unreadable:
            return {None: Verdict("missing", f"The notebook {name}.ipynb was not handed in.")}, None, []
        try:
            if content.notebook is None:
                raise Unreadable(content.unreadable)
            matched = match(read_notebook(content.notebook), name, self.course)
        except Unreadable as error:
            return {None: Verdict("unreadable", f"{name}.ipynb cannot be read: {error}")}, None, []
        reached += reaching_in(name, matched, content)
        names, digest = self.reference.names(name), hashlib.sha256(content.notebook).digest()
        run = NotebookRun(self, kernel, matched, self.left_out[name], digest, names, content.modules)
        try:
            run.finish()
            run.try_again()
        except (Exception, MachineOutOfMemory) as error:  # ours: what the student's code raises comes as a reply
            failed = Verdict("grader_error", f"The grader itself failed: {type(error).__name__}: {error}")
            notes = [f"{name}: {''.join(traceback.format_exception(error))[-3000:]}"]
            return {None: failed} | run.verdicts, matched.notebook, notes
        reached += run.forged
        show_outputs(matched.notebook, run.ran)
        notes = [f"{name} speaks of a graphics card: what it asks of one, the CPU did."] if run.asks_for_cuda else []
        notes += [f"{name}: {sentence}" for sentence in [*run.newer, *run.doubts]]
        return run.verdicts, matched.notebook, [*matched.notes, *notes]

    def seed(self, digest: bytes, purpose: str) -> int:
        """Return a number that nobody can foresee, the same for the same notebook and purpose."""
        return seed(self.key, purpose, digest)


class NotebookRun:
    """A notebook in the kernel: each step in order, again from the start without a step that broke the process."""

    def __init__(
        self,
        marker: Marker,
        kernel: Kernel,
        matched: Matched,
        left_out: set[str],
        digest: bytes,
        names: dict[str, Any],
        modules: Mapping[str, bytes],
    ) -> None:
        self.marker, self.kernel, self.matched, self.digest, self.names = marker, kernel, matched, digest, names
        self.modules = dict(modules)
        self.steps = [
            step for step in matched.steps if not (step.role == "given" and not step.changed and step.id in left_out)
        ]
        self.verdicts: Verdicts = {}
        self.ran: dict[str, tuple[str, BaseException | None]] = {}  # what was printed and raised, by cell
        self.problems: dict[str, BaseException] = {}  # by cell
        self.newer: list[str] = []  # what there is to say of cells that need a newer Python
        self.skipped: set[str] = set()
        self.doubts: list[str] = []  # what there is to say of earlier answers that were marked right
        self.forged: list[str] = []  # what there is to say of replies that are not ours
        self.last: Broken | None = None  # what broke the process last

    def finish(self) -> None:
        """Run the notebook until each of its exercises has a verdict."""
        tries = 0
        while self.open and tries <= TRIES:
            before = len(self.verdicts)
            try:
                self.run_through()
            except Broken as broken:
                self.last = broken
                if self.kernel.out_of_time:
                    break
            tries += len(self.verdicts) == before
        for exercise in self.open:
            self.verdicts[exercise] = self.stopped(exercise, self.last)

    def try_again(self) -> None:
        """Judge what failed once more with our version of the earlier answers that it builds on: one slip, one price.

        First those are replaced that failed, too; then all. The second helps where a right answer keeps something of
        its own that whoever borrows from it lacks.
        """
        exercises = self.marker.course.automatic
        failed = {id: verdict for id, verdict in self.verdicts.items() if id and verdict.verdict != "ok"}
        earlier = {id: builds_on(exercises[id], self.steps, exercises) for id in failed}
        for choose in (lambda id: earlier[id] & set(failed), lambda id: earlier[id]):
            again = defaultdict[frozenset[str], list[str]](list)  # by the answers to replace
            for id, verdict in failed.items():
                if self.verdicts[id].verdict != "ok" and verdict.verdict in COUNTED and choose(id):
                    again[frozenset(choose(id))].append(id)
            for replaced, those in again.items():
                self.try_with_ours(replaced, those, failed)

    def try_with_ours(self, replaced: Collection[str], those: Collection[str], failed: Collection[str]) -> None:
        """Judge `those` exercises with our answers to others; what is right then earns its points."""
        exercises = self.marker.course.automatic
        run = NotebookRun(self.marker, self.kernel, self.matched, set(), self.digest, self.names, self.modules)
        run.steps = [with_ours(step, replaced, exercises) for step in self.steps]
        run.verdicts = {id: verdict for id, verdict in self.verdicts.items() if id not in those}
        run.skipped = set(self.skipped)
        run.finish()
        to_mend = sorted(exercises[one].number for one in set(replaced) & set(failed))
        numbers = " and ".join(to_mend or sorted(exercises[one].number for one in replaced))
        words = f"Judged with our version of Exercise {numbers}, which it builds on"
        for id in those:
            if run.verdicts[id].verdict != "ok":
                continue
            why = " and which is to be mended."
            if not to_mend:
                ran = self.verdicts[id].verdict == "wrong"
                why = "; with yours, it gives another result." if ran else "; with yours, it does not run."
                self.doubts.append(
                    f"Exercise {exercises[id].number} is right with our version of Exercise {numbers}, not with the "
                    "student's, which was marked right: have a look at it."
                )
            self.verdicts[id] = Verdict("ok", f"{run.verdicts[id].message}\n  {words}{why}")

    @property
    def asks_for_cuda(self) -> bool:
        """Whether the student's cells speak of a graphics card."""
        return any("cuda" in step.source for step in self.steps if step.role in ("answer", "extra"))

    @property
    def open(self) -> list[str]:
        """The exercises without a verdict."""
        return [step.exercise for step in self.steps if step.role == "check" and step.exercise not in self.verdicts]

    def run_through(self) -> None:
        """Run all steps once; raises Broken where the process breaks, having noted which step did it."""
        self.kernel.begin(self.marker.seed(self.digest, "notebook"), self.modules, without_cuda=self.asks_for_cuda)
        for position, step in enumerate(self.steps):
            if step.role == "check":
                if step.exercise not in self.verdicts:
                    self.verdicts[step.exercise] = self.examine(position, step)
                    if self.kernel.sandbox is None:
                        raise Died("the sandbox had to be ended")
            elif step.id not in self.skipped:
                self.run(step)
        self.kernel.finish()

    def run(self, step: Step) -> None:
        """Run a cell; keep what an answer printed, and what the cell raised."""
        try:
            ran = self.kernel.run(step.source)
            error = error_of(ran.error) if ran.error else None
        except Broken as broken:
            self.skipped.add(step.id)
            self.problems[step.id] = broken
            raise
        if step.role == "answer":
            self.ran[step.id] = ran.printed, error
        if isinstance(error, SyntaxError) and (version := newer_python(step.source)):
            error = NewerPython(version)
            self.newer = list(dict.fromkeys([*self.newer, str(error)]))
        if error:
            self.problems[step.id] = error

    def examine(self, position: int, step: Step) -> Verdict:
        """Return the verdict on an answer. It has none if it stopped where a cell needs a newer Python."""
        verdict = self.examined(position, step)
        if self.newer and verdict.verdict in ("error", "missing"):
            return Verdict("grader_error", f"{self.newer[0]} Nothing is lost by it: a person will look.")
        return verdict

    def examined(self, position: int, step: Step) -> Verdict:
        """Return the verdict on an answer, as it is examined."""
        exercise, seed = step.exercise, self.marker.seed(self.digest, step.exercise)
        if self.marker.course.automatic[exercise].plain:
            return self.asserted(position, self.marker.course.automatic[exercise])
        examiner = examiner_of(self.marker.course.automatic[exercise])
        try:
            with self.kernel.examination(self.marker.seed(self.digest, f"inside {exercise}")) as ask:
                examination = Examination(ask)
                try:
                    answer = examination.look(examiner.exercise.answer)
                except StudentError as error:
                    return self.not_there(position, exercise, error)
                return examiner.verdict(answer, self.names, self.marker.reference, seed)
        except Broken as broken:
            return self.stopped(exercise, broken)

    def asserted(self, position: int, exercise: Exercise) -> Verdict:
        """Return the verdict of a plain check, as the solution has it; it runs in the student's own process."""
        try:
            ran = self.kernel.run(exercise.check)
        except Broken as broken:
            return self.stopped(exercise.id, broken)
        if not ran.error:
            return Verdict("ok", f"✓ Exercise {exercise.number}: its assertions hold.")
        if any(
            step.role == "answer" and step.id == exercise.id and step.source == exercise.stub for step in self.steps
        ):
            return Verdict("todo", f"○ Exercise {exercise.number} is still to do.")
        error = error_of(ran.error)
        if isinstance(error, AssertionError):
            said = indent(str(error).splitlines() or ["Its check says no more."])
            return Verdict("wrong", f"✗ Exercise {exercise.number}: an assertion does not hold.\n{said}")
        return self.stopped(exercise.id, self.problem_before(position, exercise.id) or error)

    def not_there(self, position: int, exercise: str, error: StudentError) -> Verdict:
        """Return the verdict on an answer whose name is not defined."""
        problem = self.problem_before(position, exercise)
        if exercise in self.matched.missing and not self.extra_problem_before(position):
            one = self.marker.course.automatic[exercise]
            words = f"its cell is not in the notebook, and no other cell defines `{one.answer}`."
            return Verdict("missing", f"✗ Exercise {one.number}: {words}")
        return self.stopped(exercise, problem or error)

    def problem_before(self, position: int, exercise: str) -> BaseException | None:
        """Return what went wrong last in the cells between an answer and its check, None if nothing did."""
        before = self.steps[:position]
        start = max(
            (n for n, step in enumerate(before) if step.role == "answer" and step.exercise == exercise), default=0
        )
        problems = [self.problems[step.id] for step in before[start:] if step.id in self.problems]
        return problems[-1] if problems else None

    def extra_problem_before(self, position: int) -> bool:
        """Whether one of the student's own cells went wrong: it may be what defines an answer whose cell is missing."""
        return any(step.role == "extra" and step.id in self.problems for step in self.steps[:position])

    def stopped(self, exercise: str, problem: BaseException | None) -> Verdict:
        """Return the verdict on an answer whose code did not come to its end."""
        number = self.marker.course.automatic[exercise].number
        if isinstance(problem, Malformed):
            self.forged.append(f"Exercise {number}: what came back was no reply of the grader's own code ({problem}).")
        if isinstance(problem, NewerPython):
            return Verdict("error", f"✗ Exercise {number}: {problem}")
        if isinstance(problem, StudentError):
            verdict = "memory" if isinstance(problem, MemoryError) else "error"
            return Verdict(verdict, f"✗ Exercise {number}: your code stopped.\n{indent(explain(problem))}")
        verdict, words = self.reason(problem)
        return Verdict(verdict, f"✗ Exercise {number}: {words}")

    def reason(self, broken: BaseException | None) -> tuple[str, str]:
        """Return a verdict and words for a process that broke."""
        if isinstance(broken, TooSlow):
            limits = self.kernel.seconds
            words = (
                f"{limits.cell:g} seconds of the processor's time for a cell, {limits.call:g} for a call of an answer"
            )
            return "timeout", f"your code did not come to its end in time: {words}. Is there a loop that never ends?"
        if isinstance(broken, Malformed):
            return "crashed", "your code changed the program that runs it, so that no answer came back."
        if self.kernel.ran_out_of_memory:
            return "memory", "your code needed more memory than there is. Is something far larger than it should be?"
        return "crashed", f"your code ended the program that runs it ({broken})."


def reaching_in(name: str, matched: Matched, content: Content) -> list[str]:
    """Return sentences on what in a notebook, or in the modules beside it, reaches out of its place."""
    own = [
        step for step in matched.steps if step.role in ("answer", "extra") or (step.role == "given" and step.changed)
    ]
    sources = {f"{name}, cell {step.id}": step.source for step in own}
    sources |= {path: data.decode("utf-8", "replace") for path, data in content.modules.items()}
    return reaching(sources, [step.source for step in matched.steps if step.role == "given"])


def with_ours(step: Step, replaced: Collection[str], exercises: Mapping[str, Exercise]) -> Step:
    """Return a step of a notebook in which our answers stand in place of some: where their checks were."""
    if step.exercise not in replaced:
        return step
    source = exercises[step.exercise].solution if step.role == "check" else ""
    return Step("given", step.id, source)


def show_outputs(notebook: NotebookNode, ran: dict[str, tuple[str, BaseException | None]]) -> None:
    """Give the answer cells of a notebook the outputs that they had here."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code" and cell.id in ran:
            printed, error = ran[cell.id]
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
            if error:
                lines = explain(error)
                cell.outputs.append(
                    nbformat.v4.new_output("error", ename=type(error).__name__, evalue=lines[0], traceback=lines)
                )
