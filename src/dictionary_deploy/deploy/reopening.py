"""Reopen indices under the lock, so that they load a new version. A closed index serves no requests.

An index is on record before it is closed, and until it is open. A run that is killed in between leaves the
record, and the next run opens the index.

An index is closed only under these conditions: the engine builds every part that reads a package's file, the
index is on record, `_open` succeeds while it is still open, the lease was just renewed, and enough time is
left to open it again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.clock import (
    LOCK_POLL_SECONDS,
    MAX_LAST_OPEN_SECONDS,
    MAX_LATE_CALLS_SECONDS,
    MAX_OPEN_SECONDS,
    MIN_INDICES_PAUSE_SECONDS,
    MIN_REOPEN_SECONDS,
    Clock,
    Deadline,
    Interruption,
    duration,
    pause_after,
)
from dictionary_deploy.deploy.index_requests import NOT_FOUND, is_closed, why_not_closable
from dictionary_deploy.deploy.lock import Hold
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.errors import DeployError, SearchError
from dictionary_deploy.model import ClosedIndex, Reopening
from dictionary_deploy.protocols import ReopeningStore, Search

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock

T = TypeVar("T")

Key = tuple[str, str]
"""A domain and an index."""

NOT_CLOSED = "It was not closed."
REFUSED = range(400, 500)
"""Statuses of a request that the engine did not perform."""


@dataclass(slots=True)
class Reopener:
    """Reopens indices, one at a time. After one that does not open, it closes no other one."""

    store: ReopeningStore
    lock: Lock
    hold: Callable[[], AbstractContextManager[Hold]]
    """Holds the lock. May raise DeployError."""
    calls: CallPool
    """Used for these calls only."""
    clock: Clock
    deadline: Deadline
    interruption: Interruption
    log: Callable[[str], None]
    stuck: set[Key] = field(default_factory=set)
    """Indices that a run closed and that did not open."""
    _hold: Hold = field(default_factory=Hold)
    _record: Reopening = field(default_factory=Reopening)
    """As last read or written by this run."""
    _stopped_at: float = math.inf
    """The time when this run noticed the interruption."""

    # ------------------------------------------------------------ what earlier runs left closed

    def indices_left_closed(self) -> tuple[ClosedIndex, ...]:
        """Return the indices on record, without those of the run that holds the lock: it is opening them.

        Raises DeployError.
        """
        indices = self._read()
        holder = self._call(self.lock.holder) if indices else ""
        return tuple(index for index in indices if index.run != holder)

    def check_recorded(self, indices: Sequence[ClosedIndex], clients: Mapping[str, Search]) -> dict[Key, str]:
        """Return for each of these indices why it is not open, empty if it is. Writes nothing."""
        return {index.key: self._why_closed(clients.get(index.domain), index) for index in indices}

    def open_recorded(self, clients: Mapping[str, Search]) -> dict[Key, str]:
        """Open the indices on record, by the clients of their domains.

        Return for each one why it is not open, empty if it is. Raises DeployError without the lock.
        """
        with self.hold() as self._hold:
            found = {index.key: self._open(clients.get(index.domain), index) for index in self._read()}
            for index in self._record.indices:
                if not found[index.key]:
                    self._forget(index)
        return found

    def _why_closed(self, client: Search | None, index: ClosedIndex) -> str:
        if client is None:
            return self._unreachable(index)
        try:
            if not self._call(lambda: is_closed(client, index.index)):
                return ""
        except DeployError as error:
            return f"The run {index.run} closed it. It is unknown whether it is open. {error}"
        self.stuck.add(index.key)
        return f"{left_by(index)} Run mode `deploy` to open it."

    def _open(self, client: Search | None, index: ClosedIndex) -> str:
        """Open an index that an earlier run closed. Return why it is not open; empty if it is."""
        if client is None:
            return self._unreachable(index)
        self.log(f"Opening {index.index} on {index.domain}, which {index.run} closed")
        error = self._attempt(lambda: client.open(index.index))
        if error is None or _is_gone(error):
            return ""
        self.stuck.add(index.key)
        return f"{left_by(index)} {error}"

    def _unreachable(self, index: ClosedIndex) -> str:
        return (
            f"The run {index.run} closed it, and the endpoint of {index.domain} is unknown. If the domain was"
            f" deleted, remove the index from {self.store.url}."
        )

    # ------------------------------------------------------------ what this run reopens

    def reopen(self, indices: Mapping[Key, Search]) -> dict[Key, str]:
        """Reopen these indices, each with the client of its domain.

        Return for each one why it was not reopened; empty if it was, or if someone has deleted or closed it.
        Raises DeployError without the lock.
        """
        with self.hold() as self._hold:
            return {key: self._reopen(client, ClosedIndex(*key)) for key, client in indices.items()}

    def _reopen(self, client: Search, index: ClosedIndex) -> str:
        try:
            if why := self._why_not_now() or self._call(lambda: why_not_closable(client, index.index)):
                return f"{NOT_CLOSED} {why}"
            self._write((*self._read(), index))
        except DeployError as error:
            return "" if _is_gone(error) else f"{NOT_CLOSED} {error}"
        return self._close_and_open(_Closing(client, index, self.lock, self._why_not_now))

    def _why_not_now(self) -> str:
        """Return why no further index may be closed; empty if one may. Can be called in any thread."""
        if self.stuck:
            return "Another index did not open."
        if self.interruption:
            return f"The run was stopped by {self.interruption.signal}."
        if self.deadline.remaining < MIN_REOPEN_SECONDS:
            left = duration(MIN_REOPEN_SECONDS)
            return f"Less than {left} of `timeout-minutes` is left. Rerun, or raise `timeout-minutes`."
        return ""

    def _close_and_open(self, closing: _Closing) -> str:
        """Reopen an index on record. A signal does not stop the opening."""
        index, began = closing.index, self.clock.now()
        self.log(f"Closing {index.index} on {index.domain}, to open it again")
        error = self._attempt(closing.run)
        if error and closing.may_be_closed:
            error = self._open_again(closing, error)
            if error and not _is_gone(error):
                self.stuck.add(index.key)
                return f"This run closed it, and it is not open: searches on it fail. {error}"
        unclear = closing.error if closing.error and closing.error.status not in REFUSED else None
        if unclear and not error:
            # A request without a response may still take effect: the next run opens the index again.
            return f"It is open, and it is unknown whether it was closed before. {unclear}"
        self._forget(index)
        if error := error or closing.error:
            return "" if _is_gone(error) else f"{NOT_CLOSED} {error}"
        self.log(f"{index.index} on {index.domain} is open again after {duration(self.clock.now() - began)}")
        return ""

    def _open_again(self, closing: _Closing, error: DeployError | None) -> DeployError | None:
        """Repeat the opening until it succeeds, after a signal once. Return the last error, if any."""
        began, was_stopped = self.clock.now(), False
        while error and not (_is_gone(error) or was_stopped or self._is_over()):
            waited = self.clock.now() - began
            if waited >= MAX_OPEN_SECONDS:
                break
            was_stopped = bool(self.interruption)
            self.clock.sleep(max(MIN_INDICES_PAUSE_SECONDS, pause_after(waited)))
            error = self._attempt(closing.open)
        return error

    # ------------------------------------------------------------ the record, and calls

    def _read(self) -> tuple[ClosedIndex, ...]:
        self._record = self._call(self.store.read)
        return self._record.indices

    def _write(self, indices: Sequence[ClosedIndex]) -> None:
        self._record = self._call(lambda: self.store.write(self._record, indices))

    def _forget(self, index: ClosedIndex) -> None:
        """Remove an index from the record. After a failure, the next run opens it, which changes nothing."""
        rest = tuple(each for each in self._record.indices if each.key != index.key)
        try:
            self._write(rest)
        except DeployError as error:
            self.log(f"{index.index} on {index.domain} stays on record until the next deploy. {error}")

    def _attempt(self, call: Callable[[], object]) -> DeployError | None:
        """Return the error of a call, None after success."""
        try:
            self._call(call)
        except DeployError as error:
            return error
        return None

    def _call(self, call: Callable[[], T]) -> T:
        """Return the result of a call in the pool. Raises DeployError, also if the run has to end before."""
        results, errors = list[T](), list[DeployError]()
        self.calls.start((), call, results.append, errors.append)
        while not (results or errors or self._is_over()):
            self.calls.collect(LOCK_POLL_SECONDS)
        if errors:
            raise errors[0]
        if results:
            return results[0]
        # A request in flight may still take effect: no other run may take the lock before that.
        self._hold.must_expire = True
        signal = self.interruption.signal
        why = f"Stopped by {signal}" if signal else "Timed out"
        raise DeployError(
            "interrupted" if signal else "timed-out", f"{why} before a response arrived.", "Rerun."
        )

    def _is_over(self) -> bool:
        """Return True if the run has to end, even if a request is in flight."""
        if self.interruption:
            self._stopped_at = min(self._stopped_at, self.clock.now())
        is_late = self.deadline.overtime >= MAX_LATE_CALLS_SECONDS
        return is_late or self.clock.now() - self._stopped_at >= MAX_LAST_OPEN_SECONDS


@dataclass(slots=True)
class _Closing:
    """Closes an index and opens it in one call. The call continues if the run stops waiting for it."""

    client: Search
    index: ClosedIndex
    lock: Lock
    why_not_now: Callable[[], str]
    may_be_closed: bool = False
    error: SearchError | None = None
    """The error of `_close`. The index may be closed nevertheless."""

    def run(self) -> None:
        # This changes nothing. It shows that the shards are active and that the role may open the index.
        self.open()
        self.lock.renew()
        self.lock.check()
        # Set before the check: a run that stops waiting sees this, or the check sees why the run stops.
        self.may_be_closed = True
        if why := self.why_not_now():
            self.may_be_closed = False
            raise DeployError("apply-failed", why)
        try:
            self.client.close(self.index.index)
        except SearchError as error:
            self.error = error
        self.open()

    def open(self) -> None:
        self.client.open(self.index.index)


def left_by(index: ClosedIndex) -> str:
    """Return the sentence about an index that a run left closed."""
    return f"The run {index.run} closed it, and it was not opened: searches on it fail."


def _is_gone(error: DeployError) -> bool:
    """Return True if someone has deleted or closed the index."""
    return isinstance(error, SearchError) and error.status == NOT_FOUND
