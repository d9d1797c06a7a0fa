"""Reopen indices under the lock, so that they load a new version. A closed index serves no requests.

An index is on record before it is closed, and until it is open. A run that is killed in between leaves the
record, and the next run opens the index.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.clock import (
    MAX_LAST_OPEN_SECONDS,
    MAX_LATE_CALLS_SECONDS,
    MAX_OPEN_SECONDS,
    MAX_SLEEP_SECONDS,
    MIN_INDICES_PAUSE_SECONDS,
    MIN_REOPEN_SECONDS,
    Clock,
    Deadline,
    Interruption,
    duration,
    pause_after,
)
from dictionary_deploy.deploy.index_requests import why_not_closable
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
NOT_FOUND = 404


@dataclass(slots=True)
class Reopener:
    """Reopens indices, one at a time. After one that does not open, it closes no other one."""

    store: ReopeningStore
    lock: Lock
    hold: Callable[[], AbstractContextManager[Hold]]
    """Holds the lock. May raise DeployError."""
    calls: CallPool
    """For these calls alone."""
    clock: Clock
    deadline: Deadline
    interruption: Interruption
    log: Callable[[str], None]
    _hold: Hold = field(default_factory=Hold)
    _record: Reopening = field(default_factory=Reopening)
    """As this run has last read or written it."""
    _stopped_at: float = math.inf
    """The time when this run noticed the interruption."""
    _is_stuck: bool = False
    """True if an index did not open."""

    def left_closed(self) -> dict[Key, str]:
        """Return the indices on record, each with who closed it. Raises DeployError.

        While another run holds the lock, it is opening them, and they are left out.
        """
        indices = self._read()
        holder = self._call(self.lock.holder) if indices else ""
        return {} if holder else {index.key: _left_by(index) for index in indices}

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

    def reopen(self, indices: Mapping[Key, Search]) -> dict[Key, str]:
        """Reopen these indices, each with the client of its domain.

        Return for each one why it was not reopened, empty if it was. Raises DeployError without the lock.
        """
        with self.hold() as self._hold:
            self._read()
            return {key: self._reopen(client, ClosedIndex(*key)) for key, client in indices.items()}

    def _read(self) -> tuple[ClosedIndex, ...]:
        self._record = self._call(self.store.read)
        return self._record.indices

    def _open(self, client: Search | None, index: ClosedIndex) -> str:
        """Open an index that an earlier run closed. Return why it is not open; empty if it is."""
        if client is None:
            return f"{_left_by(index)} {index.domain} has no endpoint."
        self.log(f"Opening {index.index} on {index.domain}, which {index.run} closed")
        try:
            self._call(lambda: client.open(index.index))
        except DeployError as error:
            was_deleted = isinstance(error, SearchError) and error.status == NOT_FOUND
            return "" if was_deleted else f"{_left_by(index)} {error}"
        return ""

    def _reopen(self, client: Search, index: ClosedIndex) -> str:
        why = self._why_not_now()
        try:
            if why := why or self._call(lambda: why_not_closable(client, index.index)):
                return f"{NOT_CLOSED} {why}"
            self._write((*self._record.indices, index))
        except DeployError as error:
            return f"{NOT_CLOSED} {error}"
        try:
            # This changes nothing. It shows that the shards are active, and that the role may open the index.
            self._call(lambda: client.open(index.index))
        except DeployError as error:
            self._forget(index)
            return f"{NOT_CLOSED} {error}"
        return self._close_and_open(_Closing(client, index, self.lock))

    def _why_not_now(self) -> str:
        if self._is_stuck:
            return "Another index did not open."
        if self.interruption:
            return f"The run was stopped by {self.interruption.signal}."
        if self.deadline.remaining < MIN_REOPEN_SECONDS:
            return f"Less than {duration(MIN_REOPEN_SECONDS)} of `timeout-minutes` are left."
        return ""

    def _close_and_open(self, closing: _Closing) -> str:
        """Reopen an index on record. A signal does not stop the opening."""
        index, began = closing.index, self.clock.now()
        self.log(f"Closing {index.index} on {index.domain}, to open it again")
        failure = self._attempt(closing.run)
        if failure and closing.was_sent:
            failure = self._open_again(closing, failure)
        if failure and closing.was_sent:
            self._is_stuck = True
            return f"This run closed it, and it is not open: searches on it fail. {failure}"
        self._forget(index)
        if refusal := closing.refusal or failure:
            return f"{NOT_CLOSED} {refusal}"
        self.log(f"{index.index} on {index.domain} is open again after {duration(self.clock.now() - began)}")
        return ""

    def _open_again(self, closing: _Closing, failure: str) -> str:
        """Repeat the opening until it succeeds, after a signal once. Return the last failure, if any."""
        began, was_stopped = self.clock.now(), False
        while failure and not (was_stopped or self._is_over()):
            waited = self.clock.now() - began
            if waited >= MAX_OPEN_SECONDS:
                break
            was_stopped = bool(self.interruption)
            self.clock.sleep(max(MIN_INDICES_PAUSE_SECONDS, pause_after(waited)))
            failure = self._attempt(closing.open)
        return failure

    def _attempt(self, call: Callable[[], None]) -> str:
        """Return why a call failed, empty after success."""
        try:
            self._call(call)
        except DeployError as error:
            return str(error)
        return ""

    def _forget(self, index: ClosedIndex) -> None:
        """Remove an index from the record. After a failure, the next run opens it, which changes nothing."""
        rest = tuple(each for each in self._record.indices if each.key != index.key)
        try:
            self._write(rest)
        except DeployError as error:
            self.log(f"{index.index} on {index.domain} stays on record until the next deploy. {error}")

    def _write(self, indices: Sequence[ClosedIndex]) -> None:
        self._record = self._call(lambda: self.store.write(self._record, indices))

    def _call(self, call: Callable[[], T]) -> T:
        """Return the result of a call in the pool. Raises DeployError, also if the run has to end before."""
        results, errors = list[T](), list[DeployError]()
        self.calls.start((), call, results.append, errors.append)
        while not (results or errors or self._is_over()):
            self.calls.collect(MAX_SLEEP_SECONDS)
        if errors:
            raise errors[0]
        if results:
            return results[0]
        # What is in flight may still take effect: no other run may read before that.
        self._hold.must_expire = True
        signal = self.interruption.signal
        why = f"Stopped by {signal}" if signal else "Timed out"
        raise DeployError(
            "interrupted" if signal else "timed-out", f"{why} before there was a response.", "Rerun."
        )

    def _is_over(self) -> bool:
        """Return True if the run has to end, whatever is in flight."""
        if self.interruption:
            self._stopped_at = min(self._stopped_at, self.clock.now())
        is_late = self.deadline.overtime >= MAX_LATE_CALLS_SECONDS
        return is_late or self.clock.now() - self._stopped_at >= MAX_LAST_OPEN_SECONDS


@dataclass(slots=True)
class _Closing:
    """Closes an index and opens it in one call, which goes on if the run does not wait for it any more."""

    client: Search
    index: ClosedIndex
    lock: Lock
    was_sent: bool = False
    """True if the index may have been closed."""
    refusal: str = ""
    """Why it was not closed."""

    def run(self) -> None:
        self.lock.renew()
        self.lock.check()
        self.was_sent = True
        try:
            self.client.close(self.index.index)
        except SearchError as error:
            self.refusal = str(error)
        self.open()

    def open(self) -> None:
        self.client.open(self.index.index)


def _left_by(index: ClosedIndex) -> str:
    return f"The run {index.run} closed it, and it was not opened: searches on it fail."
