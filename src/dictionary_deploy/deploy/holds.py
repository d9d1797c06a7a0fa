"""The record of rollbacks during a run: read once, then changed by this run, one write at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError, LockError, UnclearError, is_throttled
from dictionary_deploy.model import Holds, Rollback
from dictionary_deploy.protocols import HoldStore

MAX_FAILED_CALLS = 5
"""Maximum failed or conflicting calls in one run."""


@dataclass(slots=True)
class HoldBook:
    """The record for all dictionaries. If it cannot be read or written, those that need it fail."""

    store: HoldStore
    calls: CallPool
    writes: bool
    """False in a read-only run, which keeps its changes in memory."""
    holds: Holds | None = None
    """The record as last read; None before, and after a write."""
    _changes: dict[str, Rollback | None] = field(default_factory=dict)
    """The changes to write, by PackageID."""
    _error: DeployError | None = None
    _failures: int = 0
    _is_pending: bool = False

    def read(self) -> None:
        """Read the record, once for all dictionaries."""
        if self._is_pending or self._error:
            return
        self._is_pending = True

        def on_result(holds: Holds) -> None:
            self.holds, self._is_pending = holds, False

        self.calls.start((), self.store.read, on_result, self._fail)

    def read_for(self, task: DictionaryTask) -> None:
        """Same as `read`; end the task on failure."""
        self.read()
        if self._error:
            task.refuse(self._error)

    def change(self, task: DictionaryTask, rollback: Rollback | None) -> None:
        """Have `send` write the package's record; None removes it. End the task on failure."""
        if self._error:
            task.refuse(self._error)
        elif task.package and not self._is_pending:
            task.activity = "writing the record of rollbacks"
            self._changes[task.package.id] = rollback

    def send(self) -> None:
        """Write the changes of all dictionaries at once. The next read has the result, clear or not."""
        if self.holds is None or not self._changes:
            return
        was, changes, self._changes = self.holds, self._changes, {}
        if not self.writes:
            rollbacks = {**was.rollbacks, **changes}
            known = {package_id: each for package_id, each in rollbacks.items() if each}
            self.holds = replace(was, rollbacks=known, age_seconds=0.0)
            return
        self._is_pending = True

        def on_result(is_written: bool) -> None:  # noqa: FBT001 the store's result
            self.holds, self._is_pending = None, False
            if not is_written:
                self._count_failure(
                    LockError("locked", "Another run keeps changing the record of rollbacks.", "Rerun.")
                )

        def on_error(error: DeployError) -> None:
            self._fail(error)
            self.holds = None if _is_transient(error) else was

        self.calls.start((), lambda: self.store.write(was, changes), on_result, on_error, writes=True)

    def _fail(self, error: DeployError) -> None:
        """Read again, or fail after MAX_ATTEMPTS."""
        self._is_pending = False
        if _is_transient(error):
            self._count_failure(error)
        else:
            self._error = error

    def _count_failure(self, error: DeployError) -> None:
        self._failures += 1
        if self._failures == MAX_FAILED_CALLS:
            self._error = error


def _is_transient(error: DeployError) -> bool:
    return isinstance(error, UnclearError) or is_throttled(error)
