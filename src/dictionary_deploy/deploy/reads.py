"""Looking: what the loop reads of AWS, and where it notes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from dictionary_deploy.decide import Look, Review
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError, UnclearError, is_throttled
from dictionary_deploy.model import Dictionary, DomainPackage, Package, StoredObject, Version
from dictionary_deploy.protocols import Objects, Order, Packages

T = TypeVar("T")

MOST_FAILURES = 5
"""Looks in a row without an answer, each repeated by boto3 itself, before a dictionary is given up."""

SMALL = 1024 * 1024
"""Bytes up to which deployed contents are read side by side, not to wait for S3 once for each."""


@dataclass(slots=True)
class Reader:
    """Starts the calls that read. Each notes what it brings in the task it was made for."""

    packages: Packages
    objects: Objects
    order: Order
    calls: CallPool
    later: Callable[[DictionaryTask, str], None]
    """Puts a task to sleep, and says why, until it is worth another look."""
    reviewing: AbstractContextManager[object]
    """Whoever is in it reviews: one at a time."""

    def at(self, task: DictionaryTask, step: Look) -> None:
        """Look at what the step asks for, if that is of one dictionary alone."""
        match step.at:
            case "domains":
                self.at_domains(task)
            case "review":
                self.at_content(task)
            case "object":
                self.at_object(task, step.commit)
            case "order":
                for older in step.others:
                    self.at_order(task, older, step.commit)

    def at_packages(self, tasks: Sequence[DictionaryTask]) -> None:
        """List all packages, give each task its own, then read each one's history."""

        def note(found: tuple[Package, ...]) -> None:
            for task in tasks:
                task.calls -= 1
                try:
                    task.package = _find(found, task.wanted.dictionary)
                    task.others = () if task.package else tuple(each.name for each in found)
                except DeployError as error:
                    task.refuse(error)
            _refuse_twins(tasks)
            for task in tasks:
                if task.package and not task.is_over:
                    self.at_history(task)

        self._start(tasks, self.packages.all, note)

    def again(self, tasks: Sequence[DictionaryTask]) -> None:
        """One DescribePackages for all that wait, then what each waits for: its history, its domains."""
        ids = [task.package.id for task in tasks if task.package]

        def note(found: dict[str, Package]) -> None:
            for task in tasks:
                task.calls -= 1
                task.failures = 0
                was = task.package
                if was is None:
                    continue
                task.package = found.get(was.id)
                if task.package is None:
                    task.lose_package(was)
                    continue
                task.refusals = task.refusals if task.package.is_settled else 0
                if _needs_history(task, was):
                    self.at_history(task)
                if task.domains is not None:
                    self.at_domains(task)

        self._start(tasks, lambda: dict(self.packages.describe(ids)), note)

    def at_history(self, task: DictionaryTask) -> None:
        """Read the version history."""
        package = _present(task.package)

        def note(versions: tuple[Version, ...]) -> None:
            task.versions = versions

        self._start_one(task, lambda: self.packages.history(package), note)

    def at_domains(self, task: DictionaryTask) -> None:
        """Read which domains have the package, in which version."""
        package = _present(task.package)

        def note(domains: tuple[DomainPackage, ...]) -> None:
            task.domains, task.why_no_domains = domains, ""

        def miss(error: DeployError) -> None:
            task.why_no_domains = str(error)

        self._start_one(task, lambda: self.packages.domains(package), note, miss)

    def at_object(self, task: DictionaryTask, commit: str) -> None:
        """Ask S3 for the object of a commit."""
        key = self.objects.key(task.package_name, commit)

        def note(stored: StoredObject | None) -> None:
            task.objects[commit] = stored

        self._start_one(task, lambda: self.objects.head(key), note)

    def at_order(self, task: DictionaryTask, older: str, newer: str) -> None:
        """Ask which of two commits has the other in its past."""

        def note(is_newer: bool) -> None:  # noqa: FBT001 what the call brings
            task.order[older, newer] = is_newer

        self._start_one(task, lambda: self.order(older, newer), note)

    def at_content(self, task: DictionaryTask) -> None:
        """Validate the file, and compare it with what it replaces."""
        wanted, history = task.wanted, task.history
        before = history.compared if history else ""
        is_there = bool(before) and task.objects.get(before, True) is not None
        key = self.objects.key(task.package_name, before)

        def work() -> Review:
            from dictionary_deploy.dictionaries.review import LARGEST_READ, is_read_whole, review  # noqa: PLC0415 only for changes

            size, was = wanted.content.size, None
            is_compared = is_there and is_read_whole(wanted.dictionary, size)
            if is_compared and size <= SMALL:
                was = self.objects.read(key, SMALL)
            with self.reviewing:
                if is_compared and was is None:
                    was = self.objects.read(key, LARGEST_READ)
                return review(wanted.dictionary, task.source, was, is_rollback=wanted.is_rollback)

        def note(reviewed: Review) -> None:
            task.review = reviewed

        self._start_one(task, work, note)

    def _start_one(
        self,
        task: DictionaryTask,
        work: Callable[[], T],
        note: Callable[[T], None],
        miss: Callable[[DeployError], None] | None = None,
    ) -> None:
        def note_one(brought: T) -> None:
            task.calls -= 1
            task.failures = 0
            note(brought)

        self._start([task], work, note_one, miss)

    def _start(
        self,
        tasks: Sequence[DictionaryTask],
        work: Callable[[], T],
        note: Callable[[T], None],
        miss: Callable[[DeployError], None] | None = None,
    ) -> None:
        for task in tasks:
            task.calls += 1

        def fail(error: DeployError) -> None:
            if miss:
                miss(error)
            for task in tasks:
                task.calls -= 1
                task.failures += not is_throttled(error)
                may_pass = isinstance(error, UnclearError) or is_throttled(error)
                if not may_pass or task.failures >= MOST_FAILURES:
                    task.refuse(error)
                self.later(task, error.message)

        self.calls.start(work, note, fail)


def _find(packages: Sequence[Package], dictionary: Dictionary) -> Package | None:
    """The one package with exactly the ID or name, None without one. AWS's own filters know wildcards."""
    wanted = dictionary.package
    found = [each for each in packages if (each.id if dictionary.by_id else each.name) == wanted]
    if len(found) > 1:
        raise DeployError(
            "package-not-found",
            f"{len(found)} packages are called {wanted}: {', '.join(each.id for each in found)}.",
            "Name the one that is meant by its ID.",
        )
    return found[0] if found else None


def _refuse_twins(tasks: Sequence[DictionaryTask]) -> None:
    """Two files must not feed one package. By name and by ID, that shows only now."""
    feeds: dict[str, list[DictionaryTask]] = {}
    for task in tasks:
        if task.package:
            feeds.setdefault(task.package.id, []).append(task)
    for package_id, twins in feeds.items():
        if len(twins) > 1:
            names = " and ".join(f"{task.name} (as {task.wanted.dictionary.package})" for task in twins)
            message = f"The package {package_id} is listed more than once: by {names}."
            for task in twins:
                task.refuse(DeployError("invalid-config", message, "Leave one of them."))


def _needs_history(task: DictionaryTask, was: Package) -> bool:
    """Whether the history may say something new: it is read when a package settles, or lags."""
    package = _present(task.package)
    history = task.history
    if not package.is_settled or history is None:
        return False
    lags = bool(package.available) and history.available is None
    sent = task.attempt.updated is not None and not history.is_deployed
    return lags or sent or not was.is_settled or package.available != was.available


def _present(package: Package | None) -> Package:
    if package is None:
        raise DeployError("internal", "A package was looked at before it was found.")
    return package
