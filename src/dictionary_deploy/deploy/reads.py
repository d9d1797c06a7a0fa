"""Looking: what the loop reads of AWS, and where it notes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from dictionary_deploy.deploy.calls import Calls
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import DeployError, UnclearError, is_throttled
from dictionary_deploy.model import Dictionary, DomainPackage, Package, StoredObject, Version
from dictionary_deploy.next_step import Look, Review
from dictionary_deploy.ports import Objects, Order, Packages

T = TypeVar("T")

MOST_FAILURES = 5
"""Looks in a row without an answer, each repeated by boto3 itself, before a dictionary is given up."""

SMALL = 1024 * 1024
"""Bytes up to which deployed contents are read side by side, not to wait for S3 once for each."""


@dataclass(slots=True)
class Looker:
    """Starts the calls that read. Each notes what it brings in the track it was made for."""

    packages: Packages
    objects: Objects
    order: Order
    calls: Calls
    later: Callable[[Track, str], None]
    """Puts a track to sleep, and says why, until it is worth another look."""
    reviewing: AbstractContextManager[object]
    """Whoever is in it reviews: one at a time."""

    def at(self, track: Track, step: Look) -> None:
        """Look at what the step asks for, if that is of one dictionary alone."""
        match step.at:
            case "domains":
                self.at_domains(track)
            case "review":
                self.at_content(track)
            case "object":
                self.at_object(track, step.commit)
            case "order":
                for older in step.others:
                    self.at_order(track, older, step.commit)

    def at_packages(self, tracks: Sequence[Track]) -> None:
        """List all packages, give each track its own, then read each one's history."""

        def note(found: tuple[Package, ...]) -> None:
            for track in tracks:
                track.calls -= 1
                try:
                    track.package = _find(found, track.wanted.dictionary)
                    track.others = () if track.package else tuple(each.name for each in found)
                except DeployError as error:
                    track.refuse(error)
            _refuse_twins(tracks)
            for track in tracks:
                if track.package and not track.is_over:
                    self.at_history(track)

        self._start(tracks, self.packages.all, note)

    def again(self, tracks: Sequence[Track]) -> None:
        """One DescribePackages for all that wait, then what each waits for: its history, its domains."""
        ids = [track.package.id for track in tracks if track.package]

        def note(found: dict[str, Package]) -> None:
            for track in tracks:
                track.calls -= 1
                track.failures = 0
                was = track.package
                if was is None:
                    continue
                track.package = found.get(was.id)
                if track.package is None:
                    track.lose_package(was)
                    continue
                track.refusals = track.refusals if track.package.is_settled else 0
                if _needs_history(track, was):
                    self.at_history(track)
                if track.domains is not None:
                    self.at_domains(track)

        self._start(tracks, lambda: dict(self.packages.describe(ids)), note)

    def at_history(self, track: Track) -> None:
        """Read the version history."""
        package = _present(track.package)

        def note(versions: tuple[Version, ...]) -> None:
            track.versions = versions

        self._start_one(track, lambda: self.packages.history(package), note)

    def at_domains(self, track: Track) -> None:
        """Read which domains have the package, in which version."""
        package = _present(track.package)

        def note(domains: tuple[DomainPackage, ...]) -> None:
            track.domains, track.why_no_domains = domains, ""

        def miss(error: DeployError) -> None:
            track.why_no_domains = str(error)

        self._start_one(track, lambda: self.packages.domains(package), note, miss)

    def at_object(self, track: Track, commit: str) -> None:
        """Ask S3 for the object of a commit."""
        key = self.objects.key(track.package_name, commit)

        def note(stored: StoredObject | None) -> None:
            track.objects[commit] = stored

        self._start_one(track, lambda: self.objects.head(key), note)

    def at_order(self, track: Track, older: str, newer: str) -> None:
        """Ask which of two commits has the other in its past."""

        def note(is_newer: bool) -> None:  # noqa: FBT001 what the call brings
            track.order[older, newer] = is_newer

        self._start_one(track, lambda: self.order(older, newer), note)

    def at_content(self, track: Track) -> None:
        """Validate the file, and compare it with what it replaces."""
        wanted, lineage = track.wanted, track.lineage
        before = lineage.compared if lineage else ""
        is_there = bool(before) and track.objects.get(before, True) is not None
        key = self.objects.key(track.package_name, before)

        def work() -> Review:
            from dictionary_deploy.review import LARGEST_READ, is_read_whole, review  # noqa: PLC0415 only for changes

            size, was = wanted.content.size, None
            is_compared = is_there and is_read_whole(wanted.dictionary, size)
            if is_compared and size <= SMALL:
                was = self.objects.read(key, SMALL)
            with self.reviewing:
                if is_compared and was is None:
                    was = self.objects.read(key, LARGEST_READ)
                return review(wanted.dictionary, track.source, was, is_rollback=wanted.is_rollback)

        def note(reviewed: Review) -> None:
            track.review = reviewed

        self._start_one(track, work, note)

    def _start_one(
        self,
        track: Track,
        work: Callable[[], T],
        note: Callable[[T], None],
        miss: Callable[[DeployError], None] | None = None,
    ) -> None:
        def note_one(brought: T) -> None:
            track.calls -= 1
            track.failures = 0
            note(brought)

        self._start([track], work, note_one, miss)

    def _start(
        self,
        tracks: Sequence[Track],
        work: Callable[[], T],
        note: Callable[[T], None],
        miss: Callable[[DeployError], None] | None = None,
    ) -> None:
        for track in tracks:
            track.calls += 1

        def fail(error: DeployError) -> None:
            if miss:
                miss(error)
            for track in tracks:
                track.calls -= 1
                track.trouble = error
                track.failures += not is_throttled(error)
                may_pass = isinstance(error, UnclearError) or is_throttled(error)
                if not may_pass or track.failures >= MOST_FAILURES:
                    track.refuse(error)
                self.later(track, error.message)

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


def _refuse_twins(tracks: Sequence[Track]) -> None:
    """Two files must not feed one package. By name and by ID, that shows only now."""
    feeds: dict[str, list[Track]] = {}
    for track in tracks:
        if track.package:
            feeds.setdefault(track.package.id, []).append(track)
    for package_id, twins in feeds.items():
        if len(twins) > 1:
            names = " and ".join(f"{track.name} (as {track.wanted.dictionary.package})" for track in twins)
            message = f"The package {package_id} is listed more than once: by {names}."
            for track in twins:
                track.refuse(DeployError("invalid-config", message, "Leave one of them."))


def _needs_history(track: Track, was: Package) -> bool:
    """Whether the history may say something new: it is read when a package settles, or lags."""
    package = _present(track.package)
    lineage = track.lineage
    if not package.is_settled or lineage is None:
        return False
    lags = bool(package.available) and lineage.available is None
    sent = track.attempt.updated is not None and not lineage.is_deployed
    return lags or sent or not was.is_settled or package.available != was.available


def _present(package: Package | None) -> Package:
    if package is None:
        raise DeployError("internal", "A package was looked at before it was found.")
    return package
