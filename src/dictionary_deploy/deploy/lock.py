"""Acquire the lock, renew its lease during the run, release it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.clock import (
    LOCK_POLL_SECONDS,
    MAX_LAST_LOCK_SECONDS,
    MAX_LATE_CALLS_SECONDS,
    MAX_LEASE_AGE_SECONDS,
    RENEW_SECONDS,
    Clock,
    Interruption,
    duration,
    pause_after,
)
from dictionary_deploy.context import RunContext
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.task import DictionaryTask, retrying_after
from dictionary_deploy.errors import (
    AwsError,
    DeployError,
    LockError,
    LostLockError,
    UnclearError,
    is_throttled,
)
from dictionary_deploy.protocols import Lease

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock


T = TypeVar("T")

MAX_FAILED_REQUESTS = 5
"""Requests for the lock in a row without a response; boto3 retries each one itself."""

EXPIRES = "The lock of a killed run expires after a minute."


@dataclass(slots=True)
class Hold:
    """The lock while the run has it."""

    must_expire: bool = False
    """True if the lease must expire instead of being released: a write is in flight, and the next run must
    not read before it has taken effect."""
    was_lost: bool = False
    """True after the release if another run had taken over the lock."""


@contextmanager
def hold_lock(lock: Lock, context: RunContext, pools: Pools) -> Iterator[Hold]:
    """Hold the lock inside. Wait for it until the deadline, and log who holds it."""
    _acquire(lock, context, pools)
    hold = Hold()
    try:
        yield hold
    finally:
        if not hold.must_expire:
            hold.was_lost = not _release(lock, context, pools)


def _release(lock: Lock, context: RunContext, pools: Pools) -> bool:
    """Release the lock. Return False if another run had taken it over."""
    try:
        return _result(pools.lock.submit(lock.release), context, pools)
    except DeployError as error:
        context.console.warning(f"The lock could not be released; it expires after a minute. {error}")
        return True


def _acquire(lock: Lock, context: RunContext, pools: Pools) -> None:
    """Return once the lock is acquired. An interrupted run does not acquire it."""
    clock, interruption = context.clock, context.interruption
    if interruption:
        raise LockError("interrupted", f"Stopped by {interruption.signal} before writing to AWS.", "Rerun.")
    began, logged, failures = clock.now(), "", 0
    while True:
        failure, holder = None, ""
        try:
            holder, failures = _result(pools.lock.submit(lock.take), context, pools), 0
        except AwsError as error:
            if not (isinstance(error, UnclearError) or is_throttled(error)):
                raise
            failure, failures = error, failures + 1
        if not (holder or failure):
            if lock.age < RENEW_SECONDS:
                return
            continue  # the response was late: how much of the lease is left is unknown
        waited, is_over = clock.now() - began, interruption or context.deadline.passed
        if failure and (is_over or failures == MAX_FAILED_REQUESTS):
            raise failure
        if is_over:
            raise _not_acquired_error(holder, waited, interruption)
        status = failure.message if failure else f"held by {holder}"
        if status != logged:
            logged = status
            context.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}: {status}")
        clock.sleep(min(pause_after(waited), context.deadline.remaining))


def _not_acquired_error(holder: str, waited: float, interruption: Interruption) -> LockError:
    why = f"Stopped by {interruption.signal}" if interruption else f"Timed out after {duration(waited)}"
    return LockError(
        "interrupted" if interruption else "locked",
        f"{why} while the lock was held by {holder}.",
        f"Rerun when that run has ended. {EXPIRES}",
    )


def _result(call: Future[T], context: RunContext, pools: Pools) -> T:
    """Return the call's result. Raises LockError if the run has to end before S3 responds."""
    stopping, late = MAX_LAST_LOCK_SECONDS, MAX_LATE_CALLS_SECONDS
    while not pools.wait([call], LOCK_POLL_SECONDS)[0]:
        stopping -= LOCK_POLL_SECONDS if context.interruption else 0
        late -= LOCK_POLL_SECONDS if context.deadline.passed else 0
        if min(stopping, late) <= 0:
            signal = context.interruption.signal
            why = f"Stopped by {signal}" if signal else "Timed out"
            raise LockError(
                "interrupted" if signal else "timed-out",
                f"{why} before S3 responded to the lock request.",
                f"Rerun when S3 responds. {EXPIRES}",
            )
    return call.result()


@dataclass(slots=True)
class LeaseKeeper:
    """Renew a lease in time, and right before each write that makes a version.

    Once `lost` is set, nothing may be written.
    """

    lease: Lease
    clock: Clock
    log: Callable[[str], None]
    schedule: Callable[[DictionaryTask, str], None]
    """Schedule the task's next read; the text is the reason."""
    calls: CallPool
    executor: Executor
    """Makes the renewals, one at a time."""
    _lost: DeployError | None = None
    _failure: AwsError | None = None
    """The error of the last renewal, if it failed."""
    _requested_at: float = field(init=False)
    _renewed_at: float = field(init=False)
    """The time of the last request that succeeded, in the clock's seconds."""
    _is_renewing: bool = False
    _waiting: dict[str, DictionaryTask] = field(default_factory=dict)
    """Tasks that wait for the next renewal, by name."""
    _renewed: set[str] = field(default_factory=set)
    """Tasks whose renewal has just succeeded."""

    def __post_init__(self) -> None:
        self._requested_at = self._renewed_at = self.clock.now() - self.lease.age

    @property
    def lost(self) -> DeployError | None:
        """The reason to stop writing; None while the run relies on the lease."""
        if not self._lost and self.clock.now() - self._renewed_at > MAX_LEASE_AGE_SECONDS:
            self._lost = self._expiry_error()
        return self._lost

    @property
    def trusted_until(self) -> float:
        """The time until which no other run can have held the lock, in the clock's seconds."""
        # If the lease was taken over while valid by this machine's clock, that clock is wrong.
        was_paused = isinstance(self._lost, LostLockError)
        return self._renewed_at if was_paused else self._renewed_at + MAX_LEASE_AGE_SECONDS

    def is_renewed_for(self, task: DictionaryTask) -> bool:
        """Return True if the lease was just renewed for this task. Otherwise request a renewal.

        A lease that was renewed a moment ago would not do: if the machine was paused since, so was its clock.
        """
        if task.name in self._renewed:
            return True
        self._waiting[task.name] = task
        return False

    def renew(self) -> None:
        """Start a renewal if one is due, or if tasks wait for it."""
        self._renewed.clear()
        now = self.clock.now()
        is_due = now - self._requested_at >= RENEW_SECONDS
        if self._is_renewing or self.lost or not (is_due or self._waiting):
            return
        tasks = [task for task in self._waiting.values() if not task.is_over]
        self._waiting.clear()
        self._requested_at, self._is_renewing = now, True

        def on_result(_: object) -> None:
            self._is_renewing, self._renewed_at, self._failure = False, now, None
            self._renewed |= {task.name for task in tasks}

        def on_error(error: DeployError) -> None:
            self._is_renewing = False
            if isinstance(error, AwsError):
                self._failure = error
                self.log(f"The lock could not be renewed; retrying. {error.message}")
            else:
                self._lost = self.lost or error
            for task in tasks:
                self.schedule(task, retrying_after(error))

        self.calls.start(tasks, self.lease.renew, on_result, on_error, executor=self.executor)

    def lose(self) -> None:
        """Set `lost`: another run had taken over the lock before its release."""
        self._lost = self.lost or LostLockError()

    def _expiry_error(self) -> LockError:
        why = f" {self._failure.message}" if self._failure else ""
        return LockError(
            self._failure.reason if self._failure else "locked",
            f"The lock could not be renewed in time: another run may hold it.{why}",
            "Rerun: it picks up where it left off.",
        )
