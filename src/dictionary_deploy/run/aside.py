"""Make calls in threads that the run can leave behind, for example while GitHub does not respond."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from dictionary_deploy.clock import LOCK_POLL_SECONDS
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import DeployError

T = TypeVar("T")


def call(call: Callable[[], T], context: RunContext, milestone: str = "the branch was known") -> T:
    """Return the result of `call`. Raises DeployError if the run has to end before the `milestone`."""
    return result_of(start(call), context, milestone)


def start(call: Callable[[], T]) -> Future[T]:
    """Start the call in a thread that the end of the process does not wait for."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 `result_of` raises it
            future.set_exception(error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return future


def result_of(future: Future[T], context: RunContext, milestone: str = "the branch was known") -> T:
    """Return the call's result. Raises DeployError if the run has to end before the `milestone`."""
    while not wait([future], LOCK_POLL_SECONDS).done:
        signal = context.interruption.signal if context.interruption else ""
        if signal or context.deadline.passed:
            raise DeployError(
                "interrupted" if signal else "timed-out",
                f"{f'Stopped by {signal}' if signal else 'Timed out'} before {milestone}."
                " Nothing was written.",
                "Rerun.",
            )
    return future.result()
