"""Acquire the lock, renew its lease while the run goes on, release it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.clock import Clock, Interruption, duration, pause_after
from dictionary_deploy.context import RunContext
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.errors import AwsError, DeployError, LockError, UnclearError, is_throttled
from dictionary_deploy.protocols import Lease

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock


T = TypeVar("T")

MOST_FAILURES = 5
"""Tries in a row without an answer, each repeated by boto3 itself, before the run gives up."""

LOOK_UP_SECONDS = 0.5
"""How often the main thread looks up from a call, to see an interruption."""

LAST_CALL_SECONDS = 2.0
"""How long an interrupted run waits for a call about the lock: GitHub kills it 10 s after the first signal,
and the last writes and the report take their time, too."""

RENEW_SECONDS = 15.0
"""How often the lease is renewed."""

TRUST_SECONDS = 40.0
"""How long a lease of a minute is relied upon: a write that is begun later might land after it."""


@dataclass(slots=True)
class Hold:
    """The lock, held."""

    since: float | None = None
    """When the lease began, on the run's clock, or earlier: when the lock was asked for."""
    is_left: bool = False
    """Whether to let the lease run out instead of giving the lock back: a write is still on its way,
    and the next run must not look before it has landed."""


@contextmanager
def locked(lock: Lock, context: RunContext, pools: Pools) -> Iterator[Hold]:
    """Hold the lock inside. Waits for it until the deadline, saying who holds it."""
    hold = Hold(_wait_for(lock, context, pools))
    try:
        yield hold
    finally:
        if not hold.is_left:
            _give_back(lock, context, pools)


def _give_back(lock: Lock, context: RunContext, pools: Pools) -> None:
    try:
        _answer(pools.lock.submit(lock.release), context, pools)
    except DeployError as error:
        context.console.warning(f"The lock could not be given back; it ends after a minute. {error}")


def _wait_for(lock: Lock, context: RunContext, pools: Pools) -> float:
    """Return when the lease began at the earliest. An interrupted run does not take the lock."""
    clock, interruption = context.clock, context.interruption
    if interruption:
        message = f"The run was stopped by {interruption.signal} before it wrote to AWS."
        raise LockError("timed-out", message, "Rerun.")
    began, said, failures = clock.now(), "", 0
    while True:
        asked_at, trouble, holder = clock.now(), None, ""
        try:
            holder, failures = _answer(pools.lock.submit(lock.take), context, pools), 0
        except AwsError as error:
            if not (isinstance(error, UnclearError) or is_throttled(error)):
                raise
            trouble, failures = error, failures + 1
        if not (holder or trouble):
            if clock.now() - asked_at < RENEW_SECONDS:
                return asked_at
            continue  # S3 may have answered late, so that nobody knows how much of the lease is left
        waited, is_over = clock.now() - began, interruption or context.deadline.passed
        if trouble and (is_over or failures == MOST_FAILURES):
            raise trouble
        if is_over:
            raise _still_held(holder, waited, interruption)
        why = f"of which nothing is known: {trouble.message}" if trouble else f"held by {holder}"
        if why != said:
            said = why
            context.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}, {why}")
        clock.sleep(min(pause_after(waited), context.deadline.left))


def _still_held(holder: str, waited: float, interruption: Interruption) -> LockError:
    ended = f"was stopped by {interruption.signal}" if interruption else f"took {duration(waited)}"
    return LockError(
        "locked",
        f"The wait for the lock {ended}; it is held by {holder}.",
        "Rerun when that run is over. The lock of a run that died ends by itself after a minute.",
    )


def _answer(call: Future[T], context: RunContext, pools: Pools) -> T:
    """What the call brings. Raises LockError when the run is interrupted and S3 does not answer."""
    left = LAST_CALL_SECONDS
    while not pools.wait([call], LOOK_UP_SECONDS)[0]:
        left -= LOOK_UP_SECONDS if context.interruption else 0
        if left <= 0:
            raise LockError(
                "timed-out",
                f"The run was stopped by {context.interruption.signal}; S3 gave no answer about the lock.",
                "Rerun when S3 answers. The lock of a run that died ends by itself after a minute.",
            )
    return call.result()


@dataclass(slots=True)
class LeaseKeeper:
    """Renews a lease in time. Once `lost` is set, nothing more may be written.

    `since`: when the lease began, or earlier.
    """

    lease: Lease
    clock: Clock
    say: Callable[[str], None]
    since: float
    calls: CallPool
    """The renewals under way."""
    lost: DeployError | None = None
    _trouble: AwsError | None = None
    """Why the last renewal failed."""
    _asked_at: float = field(init=False)
    _renewed_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._asked_at = self._renewed_at = self.since

    def keep(self) -> None:
        """Begin a renewal when one is due."""
        self.calls.collect(0)
        now = self.clock.now()
        if now - self._renewed_at > TRUST_SECONDS:
            self.lost = self._not_in_time()
        if now - self._asked_at < RENEW_SECONDS or self.lost:
            return
        self._asked_at = now

        def note(_: object) -> None:
            self._renewed_at, self._trouble = now, None

        def fail(error: DeployError) -> None:
            if isinstance(error, AwsError):
                self._trouble = error
                self.say(f"The lock could not be renewed, which is tried again: {error.message}")
            else:
                self.lost = error

        self.calls.start(self.lease.renew, note, fail)

    def _not_in_time(self) -> LockError:
        why = f" {self._trouble.message}" if self._trouble else ""
        return LockError(
            self._trouble.reason if self._trouble else "locked",
            f"The lock could not be renewed in time, so that another run may have it.{why}",
            "Rerun: it looks at what is deployed and goes on from there.",
        )
