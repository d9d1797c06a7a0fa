"""Acting: the four calls that write, and what each kind of answer to them means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from dictionary_deploy.clock import Clock
from dictionary_deploy.decide import Associate, Create, Sent, Update, Upload, Write
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import AwsError, DeployError, Explanation, UnclearError, is_throttled
from dictionary_deploy.model import StoredObject
from dictionary_deploy.protocols import Objects, Packages

T = TypeVar("T")

BUSY = frozenset({"ConflictException", "ValidationException"})
"""Codes of a refusal that a package or domain in change may have caused. AWS documents none."""

ALREADY_THERE = "already in desired state"

IN_CHANGE = "in progress"
"""Of the message about a domain that is in change: `A change/update is in progress. Please wait …`."""

MOST_REFUSALS = 3
"""How often the same call is tried although AWS refuses it, while nothing shows what it minds."""


@dataclass(slots=True)
class Writer:
    """Starts the calls that write. `metadata` goes with every object; `say` is the log."""

    packages: Packages
    objects: Objects
    calls: CallPool
    clock: Clock
    metadata: Mapping[str, str]
    say: Callable[[str], None]
    later: Callable[[DictionaryTask, str], None]
    """Puts a task to sleep, and says why, until it is worth another look."""

    def take(self, task: DictionaryTask, step: Write) -> None:
        """Start the call that the step asks for."""
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
            **self.metadata,
            "sha256": wanted.content.sha256,
            "commit": wanted.commit,
            "file": wanted.dictionary.file,
        }
        self._tell(task, f"uploading {wanted.content.size} bytes to {self.objects.url(key)}")

        def note(stored: StoredObject) -> None:
            task.objects[wanted.commit] = stored
            task.attempt = replace(task.attempt, uploaded=True)

        def work() -> StoredObject:
            return self.objects.upload(
                key, source.handle, wanted.content, metadata, may_replace=step.may_replace
            )

        self._start(task, work, note)

    def _create(self, task: DictionaryTask) -> None:
        dictionary = task.wanted.dictionary
        key = self.objects.key(dictionary.package, task.wanted.commit)
        self._tell(task, f"creating the package {dictionary.package}")

        def noted(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered)
            task.attempt = replace(task.attempt, created=sent, creates=task.attempt.creates + 1)

        self._start(
            task,
            lambda: self.packages.create(
                dictionary.package, self.objects.bucket, key, dictionary.description
            ),
            lambda _: noted(answered=True),
            unclear=lambda: noted(answered=False),
        )

    def _update(self, task: DictionaryTask) -> None:
        wanted, package = task.wanted, task.package
        if package is None:
            return
        key = self.objects.key(package.name, wanted.commit)
        seen, updated_at = task.newest, str(package.details.get("LastUpdatedAt", ""))
        self._tell(task, f"updating the package {package.name} ({package.id}), now {package.available}")

        def noted(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered, seen, updated_at)
            task.attempt = replace(task.attempt, updated=sent, updates=task.attempt.updates + 1)

        self._start(
            task,
            lambda: self.packages.update(
                package, self.objects.bucket, key, wanted.commit, wanted.dictionary.description
            ),
            lambda _: noted(answered=True),
            unclear=lambda: noted(answered=False),
        )

    def _associate(self, task: DictionaryTask, domain: str) -> None:
        package = task.package
        if package is None:
            return
        self._tell(task, f"bringing {package.available} to the domain {domain}")
        known = [each for each in task.domains or () if each.domain == domain]
        updated_at = str(known[0].details.get("LastUpdated", "")) if known else ""

        def note(_: object) -> None:
            sent = Sent(self.clock.now(), answered=True, updated_at=updated_at)
            task.attempt = replace(task.attempt, associated={**task.attempt.associated, domain: sent})

        def fail(error: DeployError) -> None:
            if ALREADY_THERE in error.message:
                note(None)
            elif not _may_pass_at_domain(error):
                task.lose_domains({domain: Explanation.of(error)})

        self._start(task, lambda: self.packages.associate(package, domain), note, refused=fail)

    def _tell(self, task: DictionaryTask, doing: str) -> None:
        task.waits_for = doing
        self.say(f"{task.name}: {doing}")

    def _start(
        self,
        task: DictionaryTask,
        work: Callable[[], T],
        note: Callable[[T], None],
        *,
        unclear: Callable[[], None] | None = None,
        refused: Callable[[DeployError], None] | None = None,
    ) -> None:
        task.calls += 1

        def end_call() -> None:
            task.calls -= 1
            if task.is_over:  # the domains were read before this write: the report reads them again
                task.domains = None

        def note_it(brought: T) -> None:
            end_call()
            task.refusals = 0
            note(brought)

        def fail(error: DeployError) -> None:
            end_call()
            task.refusals += not is_throttled(error)
            if refused:
                refused(error)
            elif isinstance(error, UnclearError) and unclear:
                unclear()
            elif not _may_pass(error) or task.refusals >= MOST_REFUSALS:
                task.refuse(error)
            self.later(task, error.message)

        self.calls.start(work, note_it, fail, writes=True)


def _may_pass(error: DeployError) -> bool:
    """Whether the same call may go through later."""
    is_busy = isinstance(error, AwsError) and error.code in BUSY
    return is_busy or isinstance(error, UnclearError) or is_throttled(error)


def _may_pass_at_domain(error: DeployError) -> bool:
    """As `_may_pass`; a domain tells in words whether it is in change, or minds the call itself."""
    is_invalid = isinstance(error, AwsError) and error.code == "ValidationException"
    return IN_CHANGE in error.message if is_invalid else _may_pass(error)
