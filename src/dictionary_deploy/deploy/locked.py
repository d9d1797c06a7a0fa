"""Waiting for the lock, and giving it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dictionary_deploy.errors import DeployError, LockError, UnclearError
from dictionary_deploy.surroundings import Surroundings
from dictionary_deploy.waiting import duration, pause_after

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock

MOST_FAILURES = 5
"""Tries in a row without an answer, each repeated by boto3 itself, before the run gives up."""


@dataclass(slots=True)
class Hold:
    """The lock, held."""

    is_left: bool = False
    """Whether to let the lease run out instead of giving the lock back: a write is still on its way,
    and the next run must not look before it has landed."""


@contextmanager
def locked(lock: Lock, around: Surroundings) -> Iterator[Hold]:
    """Hold the lock inside. Waits for it until the deadline, saying who holds it."""
    _wait_for(lock, around)
    hold = Hold()
    try:
        yield hold
    finally:
        try:
            if not hold.is_left:
                lock.release()
        except DeployError as error:
            around.console.warning(f"The lock could not be given back; it ends after a minute. {error}")


def _wait_for(lock: Lock, around: Surroundings) -> None:
    clock, interruption = around.clock, around.interruption
    began, said, failures = clock.now(), "", 0
    while True:
        try:
            holder, failures = lock.take(), 0
        except UnclearError as error:
            holder, failures = f"nobody knows whom, since {error.message}", failures + 1
            if failures == MOST_FAILURES:
                raise
        if not holder:
            return
        waited = clock.now() - began
        if interruption or around.deadline.passed:
            ended = f"was stopped by {interruption.signal}" if interruption else f"took {duration(waited)}"
            raise LockError(
                "locked",
                f"The wait for the lock {ended}; it is held by {holder}.",
                "Rerun when that run is over. The lock of a run that died ends by itself after a minute.",
            )
        if holder != said:
            said = holder
            around.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}, held by {holder}")
        clock.sleep(min(pause_after(waited), around.deadline.left))
