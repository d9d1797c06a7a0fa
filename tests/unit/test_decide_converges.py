"""`next_step`, asked again and again about an AWS that lags, fails, and does not answer, by runs that die."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide import (
    Associate,
    Attempt,
    Create,
    Done,
    Look,
    Observed,
    Refuse,
    Sent,
    Step,
    Update,
    Upload,
    Wait,
    next_step,
)
from dictionary_deploy.model import DomainPackage, Holds, Package, Version
from tests.unit.situation import CREATING, FINE, A, C, branch, domain, objects, outcome, package

LEASE_SECONDS = 60.0
"""A run that died keeps the next one from beginning for so long."""
PAUSE_SECONDS = 5.0
MOST_STEPS = 200
DOMAINS = ("search-eu", "search-us")
AFTER_THE_OBJECTS = "2026-01-02T00:00:00.000Z"
SHOWN_LATE = SETTLE_SECONDS - 2 * PAUSE_SECONDS


@dataclass
class Aws:
    """One package and its domains. What a call does shows `lag` seconds after it."""

    copy_seconds: float
    lag: float
    shows_while_copied: bool
    """Whether an entry is in the history while its copy is under way, and after it has failed."""
    answers: Iterator[str]
    """For each call that writes: `yes`, `no answer` though it is done, or `lost`, when it is not."""
    failures: int = 0
    """How many copies fail before one succeeds."""
    now: float = 0.0
    versions: list[Version] = field(default_factory=list)
    available: str = ""
    status: str = ""
    updated_at: str = ""
    stored: dict[str, str | None] = field(default_factory=lambda: {A: "old"})
    domains: dict[str, tuple[str, float]] = field(default_factory=dict)
    copied: tuple[Version, float] | None = None
    """The version that is copied, and when the call for it was made."""

    def copy(self, message: str) -> None:
        """UpdatePackage and CreatePackage."""
        self.copied = Version(f"v{len(self.versions) + 1}", message), self.now
        self.versions.append(self.copied[0])

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds
        if self.copied is None or self.now < self.copied[1] + self.lag:
            return
        version, since = self.copied
        self.status, self.updated_at = "COPYING", f"at {since}"
        if self.now < since + self.lag + self.copy_seconds:
            return
        self.copied = None
        if self.failures:
            self.failures -= 1
            self.status = "COPY_FAILED"
            if not self.shows_while_copied:
                self.versions.remove(version)
        else:
            self.status, self.available = "AVAILABLE", version.name

    def observed(self) -> Observed:
        hidden = {self.copied[0]} if self.copied and not self.shows_while_copied else set()
        shown = tuple(version for version in self.versions if version not in hidden)
        return Observed(
            self.now,
            self._package() if self.status else None,
            shown if self.status else (),
            objects(self.stored),
            tuple(self._domain(name, *asked) for name, asked in self.domains.items()),
            branch(),
            FINE,
            holds=Holds(),
            copied={version.name: objects(self.stored).get(C) for version in shown},
        )

    def _package(self) -> Package:
        details = {"LastUpdatedAt": self.updated_at, "CreatedAt": AFTER_THE_OBJECTS}
        return package(self.available, self.status, **details)

    def _domain(self, name: str, version: str, since: float) -> DomainPackage:
        return domain(name, version, "ACTIVE" if self.now >= since + self.lag else "ASSOCIATING")


def run(aws: Aws, most_writes: int | None = None) -> Step | None:
    """The last step of a run; None for one that dies right after its last write."""
    attempt = Attempt(began=aws.now)
    writes = 0
    for _ in range(MOST_STEPS):
        step = next_step(
            replace(CREATING, dictionary=replace(CREATING.dictionary, domains=DOMAINS)),
            aws.observed(),
            attempt,
        )
        if isinstance(step, Done | Refuse):
            return step
        if isinstance(step, Wait):
            aws.pass_seconds(PAUSE_SECONDS)
            continue
        attempt = act(aws, step, attempt)
        writes += 1
        if writes == most_writes:
            return None
        aws.pass_seconds(0.0)
    raise AssertionError(f"It goes on for ever: {step}")


def act(aws: Aws, step: Step, attempt: Attempt) -> Attempt:
    """Make the call, and remember what the loop remembers of it."""
    match step:
        case Upload():
            aws.stored[C] = "new"
            newest = max((version.number for version in aws.observed().versions), default=0)
            return replace(attempt, uploaded=True, uploaded_over=newest, looked_at=aws.now)
        case Look(at="object"):
            return replace(attempt, looked_at=aws.now)
        case Create() | Update():
            seen = aws.observed().versions
            answer = next(aws.answers, "yes")
            sent = Sent(aws.now, answer == "yes", seen[-1].number if seen else 0, aws.updated_at)
            if answer != "lost":
                aws.copy("" if step == Create() else C)
            if step == Create():
                return replace(attempt, created=sent, creates=attempt.creates + 1)
            return replace(attempt, updated=sent, updates=attempt.updates + 1)
        case Associate(names):
            asked = dict.fromkeys(names, Sent(aws.now, answered=True))
            aws.domains |= dict.fromkeys(names, (aws.available, aws.now))
            return replace(attempt, associated={**attempt.associated, **asked})
        case _:
            raise AssertionError(f"All is known, and yet: {step}")


def made_of_c(aws: Aws) -> list[Version]:
    return [version for version in aws.versions if version.commit == C]


answers = st.lists(st.sampled_from(["yes", "no answer", "lost"]), max_size=2)
services = st.builds(
    Aws,
    copy_seconds=st.sampled_from([0.0, 3.0, 20.0, 300.0]),
    lag=st.sampled_from([0.0, 3.0, SHOWN_LATE]),
    shows_while_copied=st.booleans(),
    answers=answers.map(iter),
)
deaths = st.lists(st.integers(1, 4), max_size=3)


def with_package(aws: Aws) -> Aws:
    """The package is there, made by hand, and A was deployed to it."""
    aws.versions = [Version("v1", ""), Version("v2", A)]
    aws.available, aws.status = "v2", "AVAILABLE"
    return aws


def run_and_rerun(aws: Aws, killed: list[int]) -> Step | None:
    """The last step of the run that lived, after some that died."""
    for most_writes in killed:
        run(aws, most_writes)
        aws.pass_seconds(LEASE_SECONDS)
    return run(aws)


@given(services, deaths)
def test_killed_runs_and_lost_responses_end_in_one_version(aws: Aws, killed: list[int]) -> None:
    with_package(aws)

    step = run_and_rerun(aws, killed)

    assert Done("updated", "Version v3 was made from this commit and is available.") == step
    assert [Version("v3", C)] == made_of_c(aws)
    assert dict.fromkeys(DOMAINS, "v3") == {name: version for name, (version, _) in aws.domains.items()}


@given(services, deaths)
def test_package_is_created_once_and_v2_has_the_commit(aws: Aws, killed: list[int]) -> None:
    step = run_and_rerun(aws, killed)

    assert step is not None
    assert "created" == outcome(step)
    assert [Version("v1", ""), Version("v2", C)] == aws.versions


@given(services, st.integers(1, 3))
def test_failed_copies_are_reported_and_a_rerun_creates_the_version(aws: Aws, failures: int) -> None:
    aws.answers = iter(())
    with_package(aws).failures = failures

    for _ in range(failures):
        failed = run(aws)
        assert failed is not None
        assert "copy-failed" == outcome(failed)
        assert "v2" == aws.available
    succeeded = run(aws)

    assert succeeded is not None
    assert "updated" == outcome(succeeded)
    assert aws.available == made_of_c(aws)[-1].name


@given(services, deaths)
def test_rerun_of_a_finished_run_writes_nothing_and_agrees(aws: Aws, killed: list[int]) -> None:
    finished = run_and_rerun(with_package(aws), killed)
    versions, associated = list(aws.versions), dict(aws.domains)
    aws.pass_seconds(LEASE_SECONDS)

    assert finished == run(aws)
    assert (versions, associated) == (aws.versions, aws.domains)
