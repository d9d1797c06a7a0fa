"""Upload, create, update and associate, and classify the errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from dictionary_deploy.clock import Clock
from dictionary_deploy.decide import Associate, Create, Sent, Update, Upload, Write
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask, retrying_after
from dictionary_deploy.errors import AwsError, DeployError, Explanation, UnclearError, is_throttled
from dictionary_deploy.model import StoredObject
from dictionary_deploy.protocols import Objects, Packages

T = TypeVar("T")

BUSY_CODES = frozenset({"ConflictException", "ValidationException"})
"""Error codes that a change in progress may have caused. AWS documents none."""

ALREADY_ASSOCIATED = "already in desired state"
"""Part of the error message."""

IN_PROGRESS = "in progress"
"""Part of the error message for a domain: `A change/update is in progress. Please wait …`."""

MAX_REFUSALS = 3
"""Rejections of the same write before the dictionary fails."""


@dataclass(slots=True)
class Writer:
    """Start the calls that write."""

    packages: Packages
    objects: Objects
    calls: CallPool
    clock: Clock
    log: Callable[[str], None]
    schedule: Callable[[DictionaryTask, str], None]
    """Schedule the task's next read; the text is the reason."""

    def write(self, task: DictionaryTask, step: Write) -> None:
        """Start the call for the step."""
        match step:
            case Upload():
                self._upload(task, step)
            case Create():
                self._create(task)
            case Update():
                self._update(task)
            case Associate():
                for domain in step.domains:
                    self._associate(task, domain)

    def _upload(self, task: DictionaryTask, step: Upload) -> None:
        wanted, source = task.wanted, task.source
        key = self.objects.key(task.package_name, wanted.commit)
        metadata = {
            "repository": wanted.repository,
            "repository-id": wanted.repository_id,
            "config": wanted.config,
            "environment": wanted.environment,
            "sha256": wanted.content.sha256,
            "commit": wanted.commit,
            "file": wanted.dictionary.file,
        }
        self._log(task, f"uploading {wanted.content.size} bytes to {self.objects.url(key)}")

        def call() -> StoredObject:
            return self.objects.upload(
                key,
                source.handle,
                wanted.content,
                {name: value for name, value in metadata.items() if value},
                may_replace=step.may_replace,
                relabel=step.relabel,
            )

        def on_result(stored: StoredObject) -> None:
            task.observe(objects={**task.observed.objects, wanted.commit: stored})
            task.attempt = replace(
                task.attempt, uploaded=True, uploaded_over=task.newest, looked_at=self.clock.now()
            )

        self._start(task, call, on_result, partial(_refuse_if_final, task))

    def _create(self, task: DictionaryTask) -> None:
        dictionary = task.wanted.dictionary
        key = self.objects.key(dictionary.package, task.wanted.commit)
        self._log(task, f"creating package {dictionary.package}")

        def store(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered)
            task.attempt = replace(task.attempt, created=sent, creates=task.attempt.creates + 1)

        def call() -> None:
            self.packages.create(dictionary.package, self.objects.bucket, key, dictionary.description)

        self._start_once(task, call, store)

    def _update(self, task: DictionaryTask) -> None:
        wanted, package = task.wanted, task.package
        if package is None:
            return
        key = self.objects.key(package.name, wanted.commit)
        seen, updated_at = task.newest, str(package.details.get("LastUpdatedAt", ""))
        source = task.observed.objects.get(wanted.commit)
        current = package.available or "without a version"
        self._log(task, f"updating package {package.name} (currently {current})")

        def store(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered, seen, updated_at, source)
            task.attempt = replace(task.attempt, updated=sent, updates=task.attempt.updates + 1)

        def call() -> None:
            self.packages.update(
                package, self.objects.bucket, key, wanted.commit, wanted.dictionary.description
            )

        self._start_once(task, call, store)

    def _associate(self, task: DictionaryTask, domain: str) -> None:
        package = task.package
        if package is None:
            return
        self._log(task, f"associating {package.available} with domain {domain}")
        known = [each for each in task.observed.domains or () if each.domain == domain]
        updated_at = str(known[0].details.get("LastUpdated", "")) if known else ""
        again = {domain} & task.attempt.associated.keys()

        def on_result(_: object) -> None:
            sent = Sent(self.clock.now(), answered=True, updated_at=updated_at)
            task.attempt = replace(
                task.attempt,
                associated={**task.attempt.associated, domain: sent},
                reassociated=task.attempt.reassociated | again,
            )

        def on_error(error: DeployError) -> None:
            if ALREADY_ASSOCIATED in error.message:
                on_result(None)
            elif not _is_transient_at_domain(error):
                task.lose_domains({domain: Explanation.of(error)})

        self._start(task, lambda: self.packages.associate(package, domain), on_result, on_error)

    def _log(self, task: DictionaryTask, activity: str) -> None:
        task.activity = activity
        self.log(f"{task.name}: {activity}")

    def _start_once(self, task: DictionaryTask, call: Callable[[], None], store: Callable[..., None]) -> None:
        """Start a write that is not repeated: `store` it as sent, also when the response is unclear."""

        def on_error(error: DeployError) -> None:
            if isinstance(error, UnclearError):
                store(answered=False)
            else:
                _refuse_if_final(task, error)

        self._start(task, call, lambda _: store(answered=True), on_error)

    def _start(
        self,
        task: DictionaryTask,
        call: Callable[[], T],
        on_result: Callable[[T], None],
        on_error: Callable[[DeployError], None],
    ) -> None:
        def succeed(result: T) -> None:
            _forget_domains_if_over(task)
            task.refusals = 0
            on_result(result)

        def fail(error: DeployError) -> None:
            _forget_domains_if_over(task)
            task.refusals += not is_throttled(error)
            on_error(error)
            self.schedule(task, retrying_after(error))

        self.calls.start([task], call, succeed, fail, writes=True)


def _forget_domains_if_over(task: DictionaryTask) -> None:
    """Have the report read the domains again: the last read was before this write."""
    if task.is_over:
        task.observe(domains=None)


def _refuse_if_final(task: DictionaryTask, error: DeployError) -> None:
    if not _is_transient(error) or task.refusals >= MAX_REFUSALS:
        task.refuse(error)


def _is_transient(error: DeployError) -> bool:
    """Return True if the same call may succeed later."""
    is_busy = isinstance(error, AwsError) and error.code in BUSY_CODES
    return is_busy or isinstance(error, UnclearError) or is_throttled(error)


def _is_transient_at_domain(error: DeployError) -> bool:
    """Same as `_is_transient`; a domain's message says if it is changing or if the call is invalid."""
    is_invalid = isinstance(error, AwsError) and error.code == "ValidationException"
    return IN_PROGRESS in error.message if is_invalid else _is_transient(error)
