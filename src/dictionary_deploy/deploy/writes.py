"""Acting: the four calls that write, and what each kind of answer to them means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from dictionary_deploy.deploy.calls import Calls
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import AwsError, DeployError, UnclearError, is_throttled
from dictionary_deploy.model import StoredObject
from dictionary_deploy.next_step import Associate, Create, Loss, Sent, Update, Upload, Write
from dictionary_deploy.ports import Objects, Packages
from dictionary_deploy.waiting import Clock

T = TypeVar("T")

BUSY = frozenset({"ConflictException", "ValidationException"})
"""Codes of a refusal that a package or domain in change may have caused. AWS documents none."""

ALREADY_THERE = "already in desired state"

IN_CHANGE = "in progress"
"""Of the message about a domain that is in change: `A change/update is in progress. Please wait …`."""

MOST_REFUSALS = 3
"""How often the same call is tried although AWS refuses it, while nothing shows what it minds."""


@dataclass(slots=True)
class Actor:
    """Starts the calls that write. `metadata` goes with every object; `say` is the log."""

    packages: Packages
    objects: Objects
    calls: Calls
    clock: Clock
    metadata: Mapping[str, str]
    say: Callable[[str], None]
    later: Callable[[Track, str], None]
    """Puts a track to sleep, and says why, until it is worth another look."""
    answered_at: float = float("-inf")
    """When a call that writes was last over."""

    def take(self, track: Track, step: Write) -> None:
        """Start the call that the step asks for."""
        match step:
            case Upload():
                self._upload(track, step)
            case Create():
                self._create(track)
            case Update():
                self._update(track)
            case Associate():
                for domain in step.domains:
                    self._associate(track, domain)

    def _upload(self, track: Track, step: Upload) -> None:
        wanted, source = track.wanted, track.source
        key = self.objects.key(track.package_name, wanted.commit)
        metadata = {
            **self.metadata,
            "sha256": wanted.content.sha256,
            "commit": wanted.commit,
            "file": wanted.dictionary.file,
        }
        self._tell(track, f"uploading {wanted.content.size} bytes to {self.objects.url(key)}")

        def note(stored: StoredObject) -> None:
            track.objects[wanted.commit] = stored
            track.attempt = replace(track.attempt, uploaded=True)

        def work() -> StoredObject:
            return self.objects.upload(
                key, source.handle, wanted.content, metadata, may_replace=step.may_replace
            )

        self._start(track, work, note)

    def _create(self, track: Track) -> None:
        dictionary = track.wanted.dictionary
        key = self.objects.key(dictionary.package, track.wanted.commit)
        self._tell(track, f"creating the package {dictionary.package}")

        def noted(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered)
            track.attempt = replace(track.attempt, created=sent, creates=track.attempt.creates + 1)

        self._start(
            track,
            lambda: self.packages.create(
                dictionary.package, self.objects.bucket, key, dictionary.description
            ),
            lambda _: noted(answered=True),
            unclear=lambda: noted(answered=False),
        )

    def _update(self, track: Track) -> None:
        wanted, package = track.wanted, track.package
        if package is None:
            return
        key = self.objects.key(package.name, wanted.commit)
        seen, updated_at = track.newest, str(package.details.get("LastUpdatedAt", ""))
        self._tell(track, f"updating the package {package.name} ({package.id}), now {package.available}")

        def noted(*, answered: bool) -> None:
            sent = Sent(self.clock.now(), answered, seen, updated_at)
            track.attempt = replace(track.attempt, updated=sent, updates=track.attempt.updates + 1)

        self._start(
            track,
            lambda: self.packages.update(
                package, self.objects.bucket, key, wanted.commit, wanted.dictionary.description
            ),
            lambda _: noted(answered=True),
            unclear=lambda: noted(answered=False),
        )

    def _associate(self, track: Track, domain: str) -> None:
        package = track.package
        if package is None:
            return
        self._tell(track, f"bringing {package.available} to the domain {domain}")
        known = [each for each in track.domains or () if each.domain == domain]
        updated_at = str(known[0].details.get("LastUpdated", "")) if known else ""

        def note(_: object) -> None:
            sent = Sent(self.clock.now(), answered=True, updated_at=updated_at)
            track.attempt = replace(track.attempt, associated={**track.attempt.associated, domain: sent})

        def fail(error: DeployError) -> None:
            if ALREADY_THERE in error.message:
                note(None)
            elif not _may_pass_at_domain(error):
                track.lose_domains({domain: Loss(error.reason, str(error))})

        self._start(track, lambda: self.packages.associate(package, domain), note, refused=fail)

    def _tell(self, track: Track, doing: str) -> None:
        track.waits_for = doing
        self.say(f"{track.name}: {doing}")

    def _start(
        self,
        track: Track,
        work: Callable[[], T],
        note: Callable[[T], None],
        *,
        unclear: Callable[[], None] | None = None,
        refused: Callable[[DeployError], None] | None = None,
    ) -> None:
        track.calls += 1

        def note_it(brought: T) -> None:
            track.calls -= 1
            self.answered_at = self.clock.now()
            track.refusals, track.trouble = 0, None
            note(brought)

        def fail(error: DeployError) -> None:
            track.calls -= 1
            self.answered_at = self.clock.now()
            track.trouble = error
            track.refusals += not is_throttled(error)
            if refused:
                refused(error)
            elif isinstance(error, UnclearError) and unclear:
                unclear()
            elif not _may_pass(error) or track.refusals >= MOST_REFUSALS:
                track.refuse(error)
            self.later(track, error.message)

        self.calls.start(work, note_it, fail, writes=True)


def _may_pass(error: DeployError) -> bool:
    """Whether the same call may go through later."""
    is_busy = isinstance(error, AwsError) and error.code in BUSY
    return is_busy or isinstance(error, UnclearError) or is_throttled(error)


def _may_pass_at_domain(error: DeployError) -> bool:
    """As `_may_pass`; a domain tells in words whether it is in change, or minds the call itself."""
    is_invalid = isinstance(error, AwsError) and error.code == "ValidationException"
    return IN_CHANGE in error.message if is_invalid else _may_pass(error)
