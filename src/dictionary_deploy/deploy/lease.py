"""Keeping the lock while a run goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dictionary_deploy.deploy.calls import Calls
from dictionary_deploy.errors import AwsError, DeployError, LockError
from dictionary_deploy.ports import Lease
from dictionary_deploy.waiting import Clock

RENEW_SECONDS = 15.0
"""How often the lease is renewed."""

TRUST_SECONDS = 40.0
"""How long a lease of a minute is relied upon: a write that is begun later might land after it."""


@dataclass(slots=True)
class LeaseKeeper:
    """Renews a lease in time. Once `lost` is set, nothing more may be written.

    `since`: when the lease began, or earlier.
    """

    lease: Lease
    clock: Clock
    say: Callable[[str], None]
    since: float
    calls: Calls
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
