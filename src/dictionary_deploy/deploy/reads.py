"""Read AWS and the branch, and store the results in the tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial

from dictionary_deploy.clock import Clock
from dictionary_deploy.decide import Done, Look, Review, read_history
from dictionary_deploy.decide.evidence import evidence_of, versions_before
from dictionary_deploy.deploy.branch_query import BranchQuery
from dictionary_deploy.deploy.holds import HoldBook
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask, retrying_after
from dictionary_deploy.errors import DeployError, UnclearError, is_throttled
from dictionary_deploy.model import Dictionary, DomainPackage, Package, StoredObject
from dictionary_deploy.protocols import Objects, Order, Packages

MAX_FAILED_READS = 5
"""Reads in a row without a response before a dictionary fails; boto3 retries each one itself."""

MAX_PARALLEL_BYTES = 1024 * 1024
"""Deployed contents up to this size are read in parallel, larger ones one at a time."""


@dataclass(slots=True)
class Reader:
    """Start the calls that read. Each stores its result in its task."""

    packages: Packages
    objects: Objects
    order: Order
    query: BranchQuery
    holds: HoldBook
    calls: CallPool
    clock: Clock
    schedule: Callable[[DictionaryTask, str], None]
    """Schedule the task's next read; the text is the reason."""
    reviewing: AbstractContextManager[object]
    """Limits reviews to one at a time."""
    configured: Sequence[Dictionary]
    """All dictionaries of the configuration, also those without a task."""

    def read(self, task: DictionaryTask, step: Look) -> None:
        """Start the read of a step. One of the branch or the rollbacks is for all dictionaries."""
        match step.at:
            case "holds":
                self.holds.read_for(task)
            case "standing":
                task.commits.add(step.commit)
                self.query.send(task)
            case "domains":
                self.read_domains(task)
            case "review":
                self.review(task)
            case "object":
                self._read_object(task, step.commit)
            case "copied":
                self._read_copied_object(task, step.commit)
            case "order":
                self._read_order(task, step.older, step.commit)

    def find_packages(self, tasks: Sequence[DictionaryTask]) -> None:
        """List all packages, find each task's own, then read the version histories."""

        def on_result(listed: tuple[Package, ...]) -> None:
            creates = 0
            for task in tasks:
                try:
                    package = _find(listed, task.wanted.dictionary)
                    others = () if package else tuple(each.name for each in listed)
                    task.observe(package=package, others=others, creates_before=creates)
                    creates += package is None and task.wanted.dictionary.create
                except DeployError as error:
                    task.refuse(error)
            _refuse_twins(tasks, self.configured)
            for task in tasks:
                if task.package and not task.is_over:
                    self._read_history(task)

        self.calls.start(tasks, self.packages.all, on_result, partial(self._fail, tasks))

    def read_again(self, tasks: Sequence[DictionaryTask]) -> None:
        """Describe the packages of all tasks in one call, then read histories and domains."""
        ids = [task.package.id for task in tasks if task.package]

        def on_result(described: dict[str, Package]) -> None:
            for task in tasks:
                was = task.package
                if was is None:
                    continue
                package = described.get(was.id)
                if package is None:
                    task.lose_package(was)
                    continue
                task.observe(package=package)
                task.refusals = task.refusals if package.is_settled else 0
                if _needs_history(task, package, was):
                    self._read_history(task)
                if task.observed.domains is not None:
                    self.read_domains(task)

        self.calls.start(
            tasks, lambda: dict(self.packages.describe(ids)), on_result, partial(self._fail, tasks)
        )

    def _read_history(self, task: DictionaryTask) -> None:
        package = _require_package(task.package)
        self.calls.start(
            [task],
            lambda: self.packages.history(package),
            lambda versions: task.observe(versions=versions),
            partial(self._fail, [task]),
        )

    def read_domains(self, task: DictionaryTask) -> None:
        """Read the domains that are associated with the package, and their versions."""
        package = _require_package(task.package)

        def on_result(domains: tuple[DomainPackage, ...]) -> None:
            task.observe(domains=domains)
            task.why_no_domains = ""

        def on_error(error: DeployError) -> None:
            task.why_no_domains = str(error)
            self._fail([task], error)

        self.calls.start([task], lambda: self.packages.domains(package), on_result, on_error)

    def _read_object(self, task: DictionaryTask, commit: str) -> None:
        def on_result(stored: StoredObject | None) -> None:
            task.observe(objects={**task.observed.objects, commit: stored})
            if commit == task.wanted.commit:
                task.attempt = replace(task.attempt, looked_at=self.clock.now())

        self._head(task, commit, on_result)

    def read_earlier_objects(self, task: DictionaryTask) -> None:
        """Read the objects of the versions before a rollback; none in other modes."""
        versions = versions_before(task.wanted, replace(task.observed, holds=self.holds.holds)) or ()
        for commit in {each.commit for each in versions if each.commit} - task.observed.objects.keys():
            self._read_object(task, commit)

    def _read_copied_object(self, task: DictionaryTask, commit: str) -> None:
        version = task.package.available if task.package else ""
        self._head(
            task, commit, lambda stored: task.observe(copied={**task.observed.copied, version: stored})
        )

    def _head(
        self, task: DictionaryTask, commit: str, on_result: Callable[[StoredObject | None], None]
    ) -> None:
        key = self.objects.key(task.package_name, commit)
        self.calls.start([task], lambda: self.objects.head(key), on_result, partial(self._fail, [task]))

    def _read_order(self, task: DictionaryTask, older: str, newer: str) -> None:
        self.calls.start(
            [task],
            lambda: self.order(older, newer),
            lambda is_newer: task.observe(order={**task.observed.order, (older, newer): is_newer}),
            partial(self._fail, [task]),
        )

    def review(self, task: DictionaryTask) -> None:
        """Validate the file, and compare it with the content that it replaces.

        If the same content is live already, only compare it with the content before.
        """
        wanted, history = task.wanted, task.history
        is_live = isinstance(task.step, Done) and task.step.outcome == "unchanged"
        if is_live and history and task.package:
            history = read_history(task.package, task.observed.versions, history.deployed)
        before = history.compared if history else ""
        is_stored = bool(before)
        if history and before in task.observed.objects:
            is_stored = evidence_of(task.observed, history.compared_version) is not None
        key = self.objects.key(task.package_name, before)
        task.activity = f"validating {wanted.dictionary.file}"

        def call() -> Review:
            from dictionary_deploy.dictionaries.review import MAX_READ_BYTES, is_read_whole, review  # noqa: PLC0415 only for changes

            size, deployed = wanted.content.size, None
            is_compared = is_stored and is_read_whole(wanted.dictionary, size)
            if is_compared and size <= MAX_PARALLEL_BYTES:
                deployed = self.objects.read(key, MAX_PARALLEL_BYTES)
            with self.reviewing:
                if is_compared and deployed is None:
                    deployed = self.objects.read(key, MAX_READ_BYTES)
                return review(wanted.dictionary, task.source, deployed, is_rollback=wanted.is_rollback)

        def on_result(review: Review) -> None:
            task.observe(review=Review(review.diff) if is_live else review)

        self.calls.start([task], call, on_result, partial(self._fail, [task]))

    def _fail(self, tasks: Sequence[DictionaryTask], error: DeployError) -> None:
        """Schedule a retry, or end the tasks."""
        is_transient = isinstance(error, UnclearError) or is_throttled(error)
        for task in tasks:
            task.failures += not is_throttled(error)
            if not is_transient or task.failures >= MAX_FAILED_READS:
                task.refuse(error)
            self.schedule(task, retrying_after(error))


def _find(packages: Sequence[Package], dictionary: Dictionary) -> Package | None:
    """Return the dictionary's package, None without one."""
    found = [each for each in packages if dictionary.names(each)]
    if len(found) > 1:
        raise DeployError(
            "package-not-found",
            f"{len(found)} packages are named {dictionary.package}: {', '.join(each.id for each in found)}.",
            "Set `package` to the ID of one of them.",
        )
    return found[0] if found else None


def _refuse_twins(tasks: Sequence[DictionaryTask], configured: Sequence[Dictionary]) -> None:
    """End the tasks that share a package with another dictionary of the configuration, also one without task.

    By name and by ID, that shows only after the first read.
    """
    by_key = {dictionary.package: dictionary for dictionary in configured}
    for task in tasks:
        if task.package is None:
            continue
        twins = filter(None, map(by_key.get, (task.package.id, task.package.name)))
        found = [each for each in twins if each.names(task.package)]
        if len(found) > 1:
            names = " and ".join(f"{each.file} (as {each.package})" for each in found)
            message = f"Package {task.package.id} is configured more than once: {names}."
            task.refuse(DeployError("invalid-config", message, "Remove all but one of them."))


def _needs_history(task: DictionaryTask, package: Package, was: Package) -> bool:
    """Return True if the history may have changed: it is read when a package settles, or lags."""
    history = task.history
    if not package.is_settled or history is None:
        return False
    lags = bool(package.available) and history.available is None
    sent = task.attempt.updated is not None and not history.is_deployed
    return lags or sent or not was.is_settled or package.available != was.available


def _require_package(package: Package | None) -> Package:
    if package is None:
        raise DeployError("internal", "A package was read before it was found.")
    return package
