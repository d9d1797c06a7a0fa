"""Make blocking calls in a pool of threads; the main thread receives the results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future
from concurrent.futures import wait as wait_in_real_time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError, unexpected_error

T = TypeVar("T")


class WaitForAny(Protocol):
    """Same as `concurrent.futures.wait`: return when one of the futures is done, or at the timeout."""

    def __call__(
        self, fs: Collection[Future[Any]], timeout: float, return_when: str = FIRST_COMPLETED
    ) -> tuple[Collection[Future[Any]], object]: ...


@dataclass(frozen=True, slots=True)
class Pools:
    """The executors of a run, and the function that waits for their futures."""

    calls: Executor
    renewals: Executor
    """For lease renewals alone: no other call may delay them."""
    lock: Executor
    """For acquiring and releasing the lock."""
    wait: WaitForAny = wait_in_real_time
    reviewing: AbstractContextManager[object] = field(default_factory=Lock)
    """Limits reviews to one at a time: each has two files and their entries in memory."""


@dataclass(slots=True)
class CallPool:
    """The calls in flight. Only the main thread uses it."""

    executor: Executor
    wait: WaitForAny = wait_in_real_time
    _writes: set[Future[Any]] = field(default_factory=set)
    _pending: dict[Future[Any], Callable[[], None]] = field(default_factory=dict)

    def start(
        self,
        tasks: Sequence[DictionaryTask],
        call: Callable[[], T],
        on_result: Callable[[T], None],
        on_error: Callable[[DeployError], None],
        *,
        writes: bool = False,
        executor: Executor | None = None,
    ) -> None:
        """Make `call` in the pool, for these tasks. `collect` then passes its result or error on."""
        future = (executor or self.executor).submit(call)
        for task in tasks:
            task.calls += 1
        if writes:
            self._writes.add(future)

        def settle() -> None:
            for task in tasks:
                task.calls -= 1
            try:
                result = future.result()
            except DeployError as error:
                on_error(error)
            except Exception as error:  # noqa: BLE001 an unexpected failure of one dictionary must not end the others
                on_error(unexpected_error(error))
            else:
                for task in tasks:
                    task.failures = 0
                on_result(result)

        self._pending[future] = settle

    @property
    def are_pending(self) -> bool:
        return bool(self._pending)

    @property
    def are_writing(self) -> bool:
        """Return True if a call in flight may still change something in AWS."""
        return any(future in self._pending for future in self._writes)

    def cancel(self) -> None:
        """Drop the calls that have not begun."""
        for future in [*self._pending]:
            if future.cancel():
                del self._pending[future]

    def collect(self, seconds: float) -> None:
        """Wait until a call is done, at most `seconds`, and pass on the results of all that are."""
        done, _ = self.wait(self._pending, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            self._pending.pop(future)()
