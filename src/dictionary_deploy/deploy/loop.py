"""The loop: look, ask `next_step` for each dictionary, let the pool make the calls, pause.

Only the main thread decides and sleeps. Dictionaries go side by side; one's failure stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.clock import Clock, Deadline, Interruption, duration, pause_after
from dictionary_deploy.decide import (
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
from dictionary_deploy.deploy.branch_query import BranchQuery
from dictionary_deploy.deploy.final_reads import ReportReads
from dictionary_deploy.deploy.lock import LeaseKeeper
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.reads import Reader
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.deploy.writes import Writer
from dictionary_deploy.protocols import Branch, Domains, Lease, Objects, Order, Packages

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
class DeployLoop:
    """The dictionaries of one run, from the first look to the last result.

    Without a `lease` nothing is written: each dictionary ends at the first step that would write.
    `metadata` goes with every object; `say` is the log.
    """

    tasks: Sequence[DictionaryTask]
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
    preload: Callable[[], object] | None = None
    """Called once in the pool, after the first call to AWS: it imports what only the report needs."""
    report_reads: ReportReads = field(init=False)
    _calls: CallPool = field(init=False)
    _reader: Reader = field(init=False)
    _writer: Writer = field(init=False)
    _query: BranchQuery = field(init=False)
    _keeper: LeaseKeeper | None = None

    def __post_init__(self) -> None:
        self._calls = CallPool(self.pools.calls, self.pools.wait)
        self.report_reads = ReportReads(self.domains, self._calls)
        self._query = BranchQuery(self.branch, self.tasks, self._calls)
        self._reader = Reader(
            self.packages, self.objects, self.order, self._calls, self._later, self.pools.reviewing
        )
        self._writer = Writer(
            self.packages, self.objects, self._calls, self.clock, self.metadata, self.say, self._later
        )

    def run(self, leased_since: float | None = None) -> None:
        """Take every dictionary as far as it goes; afterwards each task is over.

        `leased_since`: when the lease began, or earlier; by default now.
        """
        if self.lease:
            since = self.clock.now() if leased_since is None else leased_since
            renewals = CallPool(self.pools.renewals, self.pools.wait)
            self._keeper = LeaseKeeper(self.lease, self.clock, self.say, since, renewals)
        for task in self.tasks:
            task.attempt = replace(task.attempt, began=self.clock.now())
        self._reader.at_packages(self._open())
        if self.preload:
            self.pools.calls.submit(self.preload)
        while self._open():
            self._stop_if_told()
            for task in self._open():
                if not task.calls and task.sleeps_until is None:
                    self._advance(task)
            self._wake()
            self._pause()
        self._calls.cancel()
        self._finish_calls()
        if not self.interruption:
            self.report_reads.at_results(self.tasks, self._reader)
            self._finish_calls()
            self.report_reads.at_domains(self.tasks)
        self._finish_calls()

    def _open(self) -> list[DictionaryTask]:
        return [task for task in self.tasks if not task.is_over]

    def _advance(self, task: DictionaryTask) -> None:
        """Ask for the next step and begin it."""
        step = task.step = next_step(task.wanted, self._assumed(task), task.attempt)
        match step:
            case Done() | Refuse():
                task.end(step)
            case Look():
                self._look(task, step)
            case Wait():
                # A plan need not wait for another version to come, but for a history that lags.
                task.is_over = bool(self.lease is None and task.history and task.history.available)
                self._later(task, step.why)
            case Upload() | Create() | Update() | Associate():
                task.is_over = self.lease is None
                if self.lease:
                    task.waits_since = None
                    self._writer.take(task, step)

    def _look(self, task: DictionaryTask, step: Look) -> None:
        if step.at == "standing":
            task.commits |= {step.commit, *step.others}
            self._query.ask(task)
        else:
            self._reader.at(task, step)

    @property
    def is_writing(self) -> bool:
        """Whether a write may still take effect: it is under way, or was just given up without an answer."""
        now = self.clock.now()
        return self._calls.are_writing or any(task.may_have_written(now) for task in self.tasks)

    def observed(self, task: DictionaryTask) -> Observed:
        return task.observed(self.clock.now(), self._query.standing, self.report_reads.names)

    def _assumed(self, task: DictionaryTask) -> Observed:
        """As `observed`; without writes there is no waiting, and what AWS is doing counts as done."""
        observed = self.observed(task)
        if self.lease is None and observed.package and not observed.package.is_settled:
            return replace(observed, package=replace(observed.package, status="AVAILABLE"))
        return observed

    def _later(self, task: DictionaryTask, why: str) -> None:
        """Let the task sleep until it is worth another look; the log says what it waits for."""
        now = self.clock.now()
        if task.is_over:
            return
        if task.waits_since is None:
            task.waits_since = task.said_at = now
        waited = now - task.waits_since
        task.waits_for = why
        is_due = why != task.said or now - task.said_at >= SAY_AGAIN_SECONDS
        if is_due and waited >= WORTH_A_LINE_SECONDS:
            task.said, task.said_at = why, now
            self.say(f"{task.name}: {why} ({duration(waited)})")
        task.sleeps_until = now + pause_after(waited)

    def _wake(self) -> None:
        """When one dictionary is worth another look, look at all that wait: it is one call."""
        now = self.clock.now()
        sleepers = [task for task in self._open() if task.sleeps_until is not None and not task.calls]
        if not any(task.sleeps_until is not None and task.sleeps_until <= now for task in sleepers):
            return
        for task in sleepers:
            task.sleeps_until = None
        if known := [task for task in sleepers if task.package]:
            self._reader.again(known)
        if unknown := [task for task in sleepers if not task.package]:
            self._reader.at_packages(unknown)

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
            self.clock.sleep(max(0.0, nap))

    def _stop_if_told(self) -> None:
        """End what is open when the run was interrupted, its time is over, or the lock is lost."""
        if self._keeper:
            self._keeper.keep()
        if self._keeper and (lost := self._keeper.lost):
            for task in self._open():
                doing = f" That was while {task.waits_for}." if task.waits_for else ""
                task.end(replace(Refuse.of(lost), message=f"{lost.message}{doing}"))
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
        for task in self._open():
            doing = f" while {task.waits_for}" if task.waits_for else ""
            task.end(Refuse("timed-out", f"{why}{doing}.", remedy))

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
