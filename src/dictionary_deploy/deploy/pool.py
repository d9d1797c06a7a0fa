"""Blocking calls, made by a pool; what they bring is noted by the main thread."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future
from concurrent.futures import wait as wait_in_real_time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

from dictionary_deploy.errors import DeployError, unforeseen

T = TypeVar("T")


class WaitForAny(Protocol):
    """As `concurrent.futures.wait`: until one of the futures is done, or the time is over."""

    def __call__(
        self, fs: Collection[Future[Any]], timeout: float, return_when: str = FIRST_COMPLETED
    ) -> tuple[Collection[Future[Any]], object]: ...


@dataclass(frozen=True, slots=True)
class Pools:
    """Who makes a run's calls, and how their ends are waited for."""

    calls: Executor
    renewals: Executor
    """Renews the lease and does nothing else: no other call may keep it waiting."""
    lock: Executor
    """Takes the lock and gives it back."""
    wait: WaitForAny = wait_in_real_time
    reviewing: AbstractContextManager[object] = field(default_factory=Lock)
    """Keeps a review waiting while there is another: each holds two files and their entries in memory."""


@dataclass(slots=True)
class CallPool:
    """The calls under way. `start` and `collect` belong to the main thread."""

    executor: Executor
    wait: WaitForAny = wait_in_real_time
    _writes: set[Future[Any]] = field(default_factory=set)
    _pending: dict[Future[Any], Callable[[], None]] = field(default_factory=dict)

    def start(
        self,
        work: Callable[[], T],
        note: Callable[[T], None],
        fail: Callable[[DeployError], None],
        *,
        writes: bool = False,
    ) -> None:
        """Let the pool do `work`; `collect` then hands its result to `note`, a DeployError to `fail`."""
        future = self.executor.submit(work)
        if writes:
            self._writes.add(future)

        def settle() -> None:
            try:
                brought = future.result()
            except DeployError as error:
                fail(error)
            except Exception as error:  # noqa: BLE001 one dictionary's surprise must not end the others
                fail(unforeseen(error))
            else:
                note(brought)

        self._pending[future] = settle

    @property
    def are_pending(self) -> bool:
        return bool(self._pending)

    @property
    def are_writing(self) -> bool:
        """Whether a call under way may still change something in AWS."""
        return any(future in self._pending for future in self._writes)

    def cancel(self) -> None:
        """Begin no call that has not begun yet."""
        for future in [*self._pending]:
            if future.cancel():
                del self._pending[future]

    def collect(self, seconds: float) -> None:
        """Wait until a call is done, `seconds` at most, and note all that are."""
        done, _ = self.wait(self._pending, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            self._pending.pop(future)()
