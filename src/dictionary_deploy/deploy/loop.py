"""The loop: look, ask `next_step` for each dictionary, let the pool make the calls, pause.

Only the main thread decides and sleeps. Dictionaries go side by side; one's failure stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.deploy.act import Actor
from dictionary_deploy.deploy.branch_question import BranchQuestion
from dictionary_deploy.deploy.calls import Calls, Pools
from dictionary_deploy.deploy.last_look import LastLook
from dictionary_deploy.deploy.lease import LeaseKeeper
from dictionary_deploy.deploy.look import Looker
from dictionary_deploy.deploy.survey import Survey
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.next_step import (
    Associate,
    Create,
    Done,
    Look,
    Observed,
    Refuse,
    Update,
    Upload,
    Wait,
    next_step,
)
from dictionary_deploy.ports import Branch, Domains, Lease, Objects, Order, Packages
from dictionary_deploy.waiting import Clock, Deadline, Interruption, duration, pause_after

LONGEST_NAP = 1.0
"""Seconds after which the main thread looks up from waiting for calls, to see an interruption."""

WORTH_A_LINE_SECONDS = 0.5
"""How long a wait has to be for the log to tell of it."""
SAY_AGAIN_SECONDS = 30.0
"""How often the log repeats what is being waited for."""
LAST_CALLS_SECONDS = 4.0
"""How long an interrupted run waits for calls under way: GitHub kills it 10 s after the first signal."""
REPORT_SECONDS = 60.0
"""How long a run waits at its end for what only its report needs."""


@dataclass(slots=True)
class Deployment:
    """The dictionaries of one run, from the first look to the last result.

    Without a `lease` nothing is written: each dictionary ends at the first step that would write.
    `metadata` goes with every object; `say` is the log.
    """

    tracks: Sequence[Track]
    packages: Packages
    domains: Domains
    objects: Objects
    branch: Branch
    order: Order
    pools: Pools
    clock: Clock
    deadline: Deadline
    interruption: Interruption
    say: Callable[[str], None]
    metadata: Mapping[str, str]
    lease: Lease | None = None
    meanwhile: Callable[[], object] | None = None
    """Called once, when there is nothing to do but to wait: it must return at once."""
    survey: Survey = field(init=False)
    _calls: Calls = field(init=False)
    _looker: Looker = field(init=False)
    _actor: Actor = field(init=False)
    _question: BranchQuestion = field(init=False)
    _keeper: LeaseKeeper | None = None
    _woke_at: float = float("-inf")
    """When a wait was last over."""

    def __post_init__(self) -> None:
        self._calls = Calls(self.pools.calls, self.pools.wait)
        self.survey = Survey(self.domains, self._calls)
        self._question = BranchQuestion(self.branch, self.tracks, self._calls)
        self._looker = Looker(
            self.packages, self.objects, self.order, self._calls, self._later, self.pools.reviewing
        )
        self._actor = Actor(
            self.packages, self.objects, self._calls, self.clock, self.metadata, self.say, self._later
        )

    def run(self, leased_since: float | None = None) -> None:
        """Take every dictionary as far as it goes; afterwards each track is over.

        `leased_since`: when the lease began, or earlier; by default now.
        """
        if self.lease:
            since = self.clock.now() if leased_since is None else leased_since
            renewals = Calls(self.pools.renewals, self.pools.wait)
            self._keeper = LeaseKeeper(self.lease, self.clock, self.say, since, renewals)
        for track in self.tracks:
            track.looked_at = self.clock.now()
            track.attempt = replace(track.attempt, began=track.looked_at)
        self._looker.at_packages(self._open())
        while self._open():
            self._stop_if_told()
            for track in self._open():
                if not track.calls and track.sleeps_until is None:
                    self._advance(track)
            self._wake()
            self._pause()
        self._calls.cancel()
        self._finish_calls()
        if not self.interruption:
            last_look = LastLook(self._looker, self._assumed, writes=self.lease is not None)
            last_look.begin(self.tracks, max(self._woke_at, self._actor.answered_at))
            self._finish_calls()
            last_look.end()
            self.survey.at_results(self.tracks, self._looker)
            self._finish_calls()
            self.survey.at_domains(self.tracks)
        self._finish_calls()

    def _open(self) -> list[Track]:
        return [track for track in self.tracks if not track.is_over]

    def _advance(self, track: Track) -> None:
        """Ask for the next step and begin it."""
        step = track.step = next_step(track.wanted, self._assumed(track), track.attempt)
        match step:
            case Done() | Refuse():
                track.end(step)
            case Look():
                self._look(track, step)
            case Wait():
                # A plan need not wait for another version to come, but for a history that lags.
                track.is_over = bool(self.lease is None and track.lineage and track.lineage.available)
                self._later(track, step.why)
            case Upload() | Create() | Update() | Associate():
                track.is_over = self.lease is None
                if self.lease:
                    track.waits_since = None
                    self._actor.take(track, step)

    def _look(self, track: Track, step: Look) -> None:
        if step.at == "standing":
            track.commits |= {step.commit, *step.others}
            self._question.ask(track)
        else:
            self._looker.at(track, step)

    @property
    def is_writing(self) -> bool:
        """Whether a write may still take effect: it is under way, or was just given up without an answer."""
        now = self.clock.now()
        return self._calls.are_writing or any(track.may_have_written(now) for track in self.tracks)

    def observed(self, track: Track) -> Observed:
        return track.observed(self.clock.now(), self._question.standing, self.survey.names)

    def _assumed(self, track: Track) -> Observed:
        """As `observed`; without writes there is no waiting, and what AWS is doing counts as done."""
        observed = self.observed(track)
        if self.lease is None and observed.package and not observed.package.is_settled:
            return replace(observed, package=replace(observed.package, status="AVAILABLE"))
        return observed

    def _later(self, track: Track, why: str) -> None:
        """Let the track sleep until it is worth another look; the log says what it waits for."""
        now = self.clock.now()
        if track.is_over:
            return
        if track.waits_since is None:
            track.waits_since = track.said_at = now
        waited = now - track.waits_since
        track.waits_for = why
        is_due = why != track.said or now - track.said_at >= SAY_AGAIN_SECONDS
        if is_due and waited >= WORTH_A_LINE_SECONDS:
            track.said, track.said_at = why, now
            self.say(f"{track.name}: {why} ({duration(waited)})")
        track.sleeps_until = now + pause_after(waited)

    def _wake(self) -> None:
        """When one dictionary is worth another look, look at all that wait: it is one call."""
        now = self.clock.now()
        sleepers = [track for track in self._open() if track.sleeps_until is not None and not track.calls]
        if not any(track.sleeps_until is not None and track.sleeps_until <= now for track in sleepers):
            return
        self._woke_at = now
        for track in sleepers:
            track.sleeps_until, track.looked_at = None, now
        if known := [track for track in sleepers if track.package]:
            self._looker.again(known)
        if unknown := [track for track in sleepers if not track.package]:
            self._looker.at_packages(unknown)

    def _pause(self) -> None:
        """Wait for calls to end, or until a sleeper is worth a look."""
        if not self._open():
            return
        wakes = [
            each.sleeps_until for each in self._open() if each.sleeps_until is not None and not each.calls
        ]
        nap = min([LONGEST_NAP, self.deadline.left, *(wake - self.clock.now() for wake in wakes)])
        if self._calls.are_pending:
            self._calls.collect(max(0.0, nap))
        elif wakes:
            if self.meanwhile:
                self.meanwhile()
                self.meanwhile = None
            self.clock.sleep(max(0.0, nap))

    def _stop_if_told(self) -> None:
        """End what is open when the run was interrupted, its time is over, or the lock is lost."""
        if self._keeper:
            self._keeper.keep()
        if self._keeper and (lost := self._keeper.lost):
            for track in self._open():
                doing = f" That was while {track.waits_for}." if track.waits_for else ""
                track.end(Refuse(lost.reason, f"{lost.message}{doing}", lost.remedy))
        elif self.interruption:
            self._end_open(
                f"The run was stopped by {self.interruption.signal}",
                "Rerun: it looks at what is deployed and goes on from there.",
            )
        elif self.deadline.passed:
            self._end_open(
                "The time of the run is over",
                "Rerun: it goes on from there. Raise `timeout-minutes` when AWS needs longer.",
            )

    def _end_open(self, why: str, remedy: str) -> None:
        for track in self._open():
            doing = f" while {track.waits_for}" if track.waits_for else ""
            track.end(Refuse("timed-out", f"{why}{doing}.", remedy))

    def _finish_calls(self) -> None:
        """Give calls under way a while, so that what they did is known; interrupted, begin none any more."""
        if self.interruption:
            self._calls.cancel()
        began = self.clock.now()
        while self._calls.are_pending:
            left = began - self.clock.now() + (LAST_CALLS_SECONDS if self.interruption else REPORT_SECONDS)
            if left <= 0:
                return
            self._calls.collect(min(left, LONGEST_NAP))
