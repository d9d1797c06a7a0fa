"""Acquire the lock, renew its lease during the run, release it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.clock import (
    LOCK_POLL_SECONDS,
    MAX_LAST_LOCK_SECONDS,
    MAX_LEASE_AGE_SECONDS,
    RENEW_SECONDS,
    Clock,
    Interruption,
    duration,
    pause_after,
)
from dictionary_deploy.context import RunContext
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.errors import AwsError, DeployError, LockError, UnclearError, is_throttled
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

    since: float | None = None
    """The time of the request for the lock, in the clock's seconds: the lease began no earlier."""
    must_expire: bool = False
    """True if the lease must expire instead of being released: a write is in flight, and the next run must
    not read before it has taken effect."""


@contextmanager
def hold_lock(lock: Lock, context: RunContext, pools: Pools) -> Iterator[Hold]:
    """Hold the lock inside. Wait for it until the deadline, and log who holds it."""
    hold = Hold(_acquire(lock, context, pools))
    try:
        yield hold
    finally:
        if not hold.must_expire:
            _release(lock, context, pools)


def _release(lock: Lock, context: RunContext, pools: Pools) -> None:
    try:
        _result(pools.lock.submit(lock.release), context, pools)
    except DeployError as error:
        context.console.warning(f"The lock could not be released; it expires after a minute. {error}")


def _acquire(lock: Lock, context: RunContext, pools: Pools) -> float:
    """Return when the lock was requested. An interrupted run does not acquire it."""
    clock, interruption = context.clock, context.interruption
    if interruption:
        raise LockError("timed-out", f"Stopped by {interruption.signal} before writing to AWS.", "Rerun.")
    began, logged, failures = clock.now(), "", 0
    while True:
        requested_at, failure, holder = clock.now(), None, ""
        try:
            holder, failures = _result(pools.lock.submit(lock.take), context, pools), 0
        except AwsError as error:
            if not (isinstance(error, UnclearError) or is_throttled(error)):
                raise
            failure, failures = error, failures + 1
        if not (holder or failure):
            if clock.now() - requested_at < RENEW_SECONDS:
                return requested_at
            continue  # the response was late: how much of the lease is left is unknown
        waited, is_over = clock.now() - began, interruption or context.deadline.passed
        if failure and (is_over or failures == MAX_FAILED_REQUESTS):
            raise failure
        if is_over:
            raise _not_acquired(holder, waited, interruption)
        status = failure.message if failure else f"held by {holder}"
        if status != logged:
            logged = status
            context.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}: {status}")
        clock.sleep(min(pause_after(waited), context.deadline.left))


def _not_acquired(holder: str, waited: float, interruption: Interruption) -> LockError:
    why = f"Stopped by {interruption.signal}" if interruption else f"Timed out after {duration(waited)}"
    return LockError(
        "locked", f"{why} while the lock was held by {holder}.", f"Rerun when that run has ended. {EXPIRES}"
    )


def _result(call: Future[T], context: RunContext, pools: Pools) -> T:
    """Return the call's result. Raises LockError if the run is interrupted and S3 does not respond."""
    left = MAX_LAST_LOCK_SECONDS
    while not pools.wait([call], LOCK_POLL_SECONDS)[0]:
        left -= LOCK_POLL_SECONDS if context.interruption else 0
        if left <= 0:
            raise LockError(
                "timed-out",
                f"Stopped by {context.interruption.signal} before S3 responded to the lock request.",
                f"Rerun when S3 responds. {EXPIRES}",
            )
    return call.result()


@dataclass(slots=True)
class LeaseKeeper:
    """Renew a lease in time. Once `lost` is set, nothing may be written.

    `since` is when the lease began, or earlier.
    """

    lease: Lease
    clock: Clock
    log: Callable[[str], None]
    since: float
    calls: CallPool
    """The renewals in flight."""
    lost: DeployError | None = None
    _failure: AwsError | None = None
    """The error of the last renewal, if it failed."""
    _requested_at: float = field(init=False)
    _renewed_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._requested_at = self._renewed_at = self.since

    def keep(self) -> None:
        """Start a renewal if one is due."""
        self.calls.collect(0)
        now = self.clock.now()
        if now - self._renewed_at > MAX_LEASE_AGE_SECONDS:
            self.lost = self._expired()
        if now - self._requested_at < RENEW_SECONDS or self.lost:
            return
        self._requested_at = now

        def on_result(_: object) -> None:
            self._renewed_at, self._failure = now, None

        def on_error(error: DeployError) -> None:
            if isinstance(error, AwsError):
                self._failure = error
                self.log(f"The lock could not be renewed; retrying. {error.message}")
            else:
                self.lost = error

        self.calls.start((), self.lease.renew, on_result, on_error)

    def _expired(self) -> LockError:
        why = f" {self._failure.message}" if self._failure else ""
        return LockError(
            self._failure.reason if self._failure else "locked",
            f"The lock could not be renewed in time: another run may hold it.{why}",
            "Rerun: it picks up where it left off.",
        )
