"""The loop: read, call `next_step` for each dictionary, start calls in the pool, pause.

Only the main thread decides and sleeps. Dictionaries are deployed concurrently; a failure stops no other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.clock import (
    LOG_INTERVAL_SECONDS,
    MAX_LAST_CALLS_SECONDS,
    MAX_LATE_CALLS_SECONDS,
    MAX_REPORT_SECONDS,
    MAX_SLEEP_SECONDS,
    MIN_LOGGED_WAIT_SECONDS,
    Clock,
    Deadline,
    Interruption,
    duration,
    pause_after,
)
from dictionary_deploy.decide import (
    Associate,
    Create,
    Done,
    Look,
    Observed,
    Record,
    Refuse,
    Update,
    Upload,
    Wait,
    next_step,
)
from dictionary_deploy.deploy.branch_query import BranchQuery
from dictionary_deploy.deploy.final_reads import ReportReads
from dictionary_deploy.deploy.holds import HoldBook
from dictionary_deploy.deploy.lock import LeaseKeeper
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.reads import Reader
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.deploy.writes import Writer
from dictionary_deploy.errors import Reason
from dictionary_deploy.model import Dictionary
from dictionary_deploy.protocols import Branch, Domains, HoldStore, Lease, Objects, Order, Packages

RERUN = "Rerun: it picks up where it left off."
ROLL_BACK = "Run mode `rollback` on the tip of the branch."
SLOW_REVIEW = "Rerun. If the validation takes too long, raise `timeout-minutes`, or split the file."


@dataclass(slots=True)
class DeployLoop:
    """The dictionaries of one run, from the first read to the last result.

    Without a `lease` nothing is written: each dictionary ends at the first step that would write.
    """

    tasks: Sequence[DictionaryTask]
    packages: Packages
    domains: Domains
    objects: Objects
    holds: HoldStore
    branch: Branch
    order: Order
    pools: Pools
    clock: Clock
    deadline: Deadline
    interruption: Interruption
    log: Callable[[str], None]
    configured: Sequence[Dictionary] = ()
    """All dictionaries of the configuration; empty for those of the tasks."""
    lease: Lease | None = None
    preload: Callable[[], object] | None = None
    """Called once in the pool, after the first call to AWS: it imports what only the report needs."""
    report_reads: ReportReads = field(init=False)
    _calls: CallPool = field(init=False)
    _reader: Reader = field(init=False)
    _writer: Writer = field(init=False)
    _query: BranchQuery = field(init=False)
    _holds: HoldBook = field(init=False)
    _keeper: LeaseKeeper | None = None
    _decided_at: float = math.inf
    """The time when all tasks had ended, in the clock's seconds."""
    _stopped_at: float = math.inf
    """The time when the loop noticed the interruption."""

    def __post_init__(self) -> None:
        self._calls = CallPool(self.pools.calls, self.pools.wait)
        self.report_reads = ReportReads(self.domains, self._calls, writes=self.lease is not None)
        self._query = BranchQuery(self.branch, self.tasks, self._calls)
        self._holds = HoldBook(self.holds, self._calls, writes=self.lease is not None)
        self._reader = Reader(
            self.packages,
            self.objects,
            self.order,
            self._query,
            self._holds,
            self._calls,
            self.clock,
            self._schedule,
            self.pools.reviewing,
            self.configured or [task.wanted.dictionary for task in self.tasks],
        )
        self._writer = Writer(self.packages, self.objects, self._calls, self.clock, self.log, self._schedule)

    def run(self) -> None:
        """Run until every task has ended."""
        if self.lease:
            self._keeper = LeaseKeeper(
                self.lease, self.clock, self.log, self._schedule, self._calls, self.pools.renewals
            )
        for task in self.tasks:
            task.attempt = replace(task.attempt, began=self.clock.now())
        self._reader.find_packages(self._open())
        self._holds.read()
        if self.preload:
            self.pools.calls.submit(self.preload)
        while self._open():
            self._stop_if_necessary()
            for task in self._open():
                if not task.calls and task.wakes_at is None:
                    self._advance(task)
            self._holds.send()
            if self._keeper:
                self._keeper.renew()
            self._wake()
            self._pause()
        self._decided_at = self.clock.now()
        self._calls.cancel()
        self._finish_calls()
        if not self.interruption:
            self.report_reads.complete(self.tasks, self._reader)
            self._finish_calls()
            self.report_reads.read_domains(self.tasks)
        self._finish_calls()

    def report_doubtful_writes(self, *, lock_was_lost: bool) -> None:
        """Fail the tasks whose UpdatePackage may have taken effect after that of another run.

        `lock_was_lost` is True if another run had taken the lock over before its release.
        """
        keeper, now = self._keeper, self.clock.now()
        if keeper and lock_was_lost:
            keeper.lose()
        if not (keeper and (lost := keeper.lost)):
            return
        for task in self.tasks:
            sent = task.attempt.updated
            if sent and (sent.at >= keeper.trusted_until or task.may_have_written(now)):
                end = task.step if isinstance(task.step, Refuse) else Refuse.of(lost)
                message = f"{end.message} The update of the package may have replaced a newer version."
                task.step = replace(end, message=message, remedy=ROLL_BACK)

    def _open(self) -> list[DictionaryTask]:
        return [task for task in self.tasks if not task.is_over]

    def _advance(self, task: DictionaryTask) -> None:
        """Decide the next step and start it."""
        step = task.step = next_step(task.wanted, self._settled_observation(task), task.attempt)
        match step:
            case Done() | Refuse():
                task.end(step)
            case Look():
                self._reader.read(task, step)
            case Record():
                self._holds.change(task, step.rollback)
            case Wait():
                # A plan waits for a history that lags, but not for another version.
                task.is_over = bool(self.lease is None and task.history and task.history.available)
                self._schedule(task, step.why)
            case Create() | Update() if self._keeper and not self._keeper.is_renewed_for(task):
                pass  # decided again after the renewal
            case Upload() | Create() | Update() | Associate():
                task.is_over = self.lease is None
                if self.lease:
                    # A write that AWS rejected and that is repeated continues the wait, with growing pauses.
                    if step != task.last_write:
                        task.waits_since = None
                    task.last_write = step
                    self._writer.write(task, step)

    @property
    def is_writing(self) -> bool:
        """Return True if a write may still take effect: it is in flight, or had no response just now."""
        now = self.clock.now()
        return self._calls.are_writing or any(task.may_have_written(now) for task in self.tasks)

    def observation(self, task: DictionaryTask) -> Observed:
        """Return the task's reads with the time, the branch and the domain names."""
        return replace(
            task.observed,
            now=self.clock.now(),
            standing=self._query.standing,
            holds=self._holds.holds,
            domain_names=self.report_reads.names,
        )

    def _settled_observation(self, task: DictionaryTask) -> Observed:
        """Return the observation; for a run without writes, changes in progress count as done."""
        observed = self.observation(task)
        if self.lease is None and observed.package and not observed.package.is_settled:
            return replace(observed, package=replace(observed.package, status="AVAILABLE"))
        return observed

    def _schedule(self, task: DictionaryTask, activity: str) -> None:
        """Schedule the task's next read, and log why it waits."""
        now = self.clock.now()
        if task.is_over:
            return
        if task.waits_since is None:
            task.waits_since = task.logged_at = now
        waited = now - task.waits_since
        task.activity = activity
        is_due = activity != task.logged or now - task.logged_at >= LOG_INTERVAL_SECONDS
        if is_due and waited >= MIN_LOGGED_WAIT_SECONDS:
            task.logged, task.logged_at = activity, now
            self.log(f"{task.name}: {activity} ({duration(waited)})")
        task.wakes_at = now + pause_after(waited)

    def _wake(self) -> None:
        """Read all waiting tasks as soon as one read is due: it is one call."""
        now = self.clock.now()
        waiting = [task for task in self._open() if task.wakes_at is not None and not task.calls]
        if not any(task.wakes_at is not None and task.wakes_at <= now for task in waiting):
            return
        for task in waiting:
            task.wakes_at = None
        if known := [task for task in waiting if task.package]:
            self._reader.read_again(known)
        if unknown := [task for task in waiting if not task.package]:
            self._reader.find_packages(unknown)

    def _pause(self) -> None:
        """Wait until a call ends or a read is due."""
        if not self._open():
            return
        wakes = [each.wakes_at for each in self._open() if each.wakes_at is not None and not each.calls]
        pause = min(
            [MAX_SLEEP_SECONDS, self.deadline.remaining, *(wake - self.clock.now() for wake in wakes)]
        )
        if self._calls.are_pending:
            self._calls.collect(max(0.0, pause))
        elif wakes:
            self.clock.sleep(max(0.0, pause))

    def _stop_if_necessary(self) -> None:
        """End the open tasks if the run was interrupted, timed out, or lost the lock."""
        if self._keeper and (lost := self._keeper.lost):
            for task in self._open():
                when = f" This happened while {_past(task)}." if task.activity else ""
                task.end(replace(Refuse.of(lost), message=f"{lost.message}{when}"))
        elif self.interruption:
            self._end_open("interrupted", f"Stopped by {self.interruption.signal}", RERUN)
        elif self.deadline.passed:
            self._end_open("timed-out", "Timed out", f"{RERUN} If AWS needs longer, raise `timeout-minutes`.")

    def _end_open(self, reason: Reason, why: str, remedy: str) -> None:
        for task in self._open():
            when = f" while {_past(task)}" if task.activity else ""
            is_slow = reason == "timed-out" and isinstance(task.step, Look) and task.step.at == "review"
            task.end(Refuse(reason, f"{why}{when}.", SLOW_REVIEW if is_slow else remedy))

    def _finish_calls(self) -> None:
        """Wait for the calls in flight, for their results; an interrupted run drops those not begun."""
        if self.interruption:
            self._calls.cancel()
        while self._calls.are_pending and (left := self._seconds_for_calls()) > 0:
            self._calls.collect(min(left, MAX_SLEEP_SECONDS))

    def _seconds_for_calls(self) -> float:
        """Return the seconds left for calls after the decisions: one budget for all of them."""
        now = self.clock.now()
        if self.interruption:
            self._stopped_at = min(self._stopped_at, now)
            return self._stopped_at + MAX_LAST_CALLS_SECONDS - now
        end = min(self._decided_at + MAX_REPORT_SECONDS, self.deadline.at + MAX_LATE_CALLS_SECONDS)
        return end - now


def _past(task: DictionaryTask) -> str:
    """Return the task's activity for the message at the end of a run: a wait in the past tense."""
    is_wait = isinstance(task.step, Wait) and task.step.why == task.activity
    return task.activity.replace(" is ", " was ", 1) if is_wait else task.activity
