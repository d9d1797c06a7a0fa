"""Waiting for the lock, and giving it back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.deploy.calls import Pools
from dictionary_deploy.deploy.lease import RENEW_SECONDS
from dictionary_deploy.errors import AwsError, DeployError, LockError, UnclearError, is_throttled
from dictionary_deploy.surroundings import Surroundings
from dictionary_deploy.waiting import Interruption, duration, pause_after

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


@dataclass(slots=True)
class Hold:
    """The lock, held."""

    since: float | None = None
    """When the lease began, on the run's clock, or earlier: when the lock was asked for."""
    is_left: bool = False
    """Whether to let the lease run out instead of giving the lock back: a write is still on its way,
    and the next run must not look before it has landed."""


@contextmanager
def locked(lock: Lock, around: Surroundings, pools: Pools) -> Iterator[Hold]:
    """Hold the lock inside. Waits for it until the deadline, saying who holds it."""
    hold = Hold(_wait_for(lock, around, pools))
    try:
        yield hold
    finally:
        if not hold.is_left:
            _give_back(lock, around, pools)


def _give_back(lock: Lock, around: Surroundings, pools: Pools) -> None:
    try:
        _answer(pools.lock.submit(lock.release), around, pools)
    except DeployError as error:
        around.console.warning(f"The lock could not be given back; it ends after a minute. {error}")


def _wait_for(lock: Lock, around: Surroundings, pools: Pools) -> float:
    """Return when the lease began at the earliest. An interrupted run does not take the lock."""
    clock, interruption = around.clock, around.interruption
    if interruption:
        message = f"The run was stopped by {interruption.signal} before it wrote to AWS."
        raise LockError("timed-out", message, "Rerun.")
    began, said, failures = clock.now(), "", 0
    while True:
        asked_at, trouble, holder = clock.now(), None, ""
        try:
            holder, failures = _answer(pools.lock.submit(lock.take), around, pools), 0
        except AwsError as error:
            if not (isinstance(error, UnclearError) or is_throttled(error)):
                raise
            trouble, failures = error, failures + 1
        if not (holder or trouble):
            if clock.now() - asked_at < RENEW_SECONDS:
                return asked_at
            continue  # S3 may have answered late, so that nobody knows how much of the lease is left
        waited, is_over = clock.now() - began, interruption or around.deadline.passed
        if trouble and (is_over or failures == MOST_FAILURES):
            raise trouble
        if is_over:
            raise _still_held(holder, waited, interruption)
        why = f"of which nothing is known: {trouble.message}" if trouble else f"held by {holder}"
        if why != said:
            said = why
            around.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}, {why}")
        clock.sleep(min(pause_after(waited), around.deadline.left))


def _still_held(holder: str, waited: float, interruption: Interruption) -> LockError:
    ended = f"was stopped by {interruption.signal}" if interruption else f"took {duration(waited)}"
    return LockError(
        "locked",
        f"The wait for the lock {ended}; it is held by {holder}.",
        "Rerun when that run is over. The lock of a run that died ends by itself after a minute.",
    )


def _answer(call: Future[T], around: Surroundings, pools: Pools) -> T:
    """What the call brings. Raises LockError when the run is interrupted and S3 does not answer."""
    left = LAST_CALL_SECONDS
    while not pools.wait([call], LOOK_UP_SECONDS)[0]:
        left -= LOOK_UP_SECONDS if around.interruption else 0
        if left <= 0:
            raise LockError(
                "timed-out",
                f"The run was stopped by {around.interruption.signal}; S3 gave no answer about the lock.",
                "Rerun when S3 answers. The lock of a run that died ends by itself after a minute.",
            )
    return call.result()
