"""Time: the clock as an argument, the deadline of a run, and every interval, timeout and lease."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Protocol

# ---------------------------------------------------------------- reading AWS until it is done

FIRST_PAUSE_SECONDS = 0.1
PAUSE_GROWTH = 0.08
"""Part of the time waited so far that is added to a pause."""

PAUSE_JITTER = 0.2
"""Part of a pause that is added at random."""

MAX_SLEEP_SECONDS = 1.0
"""Seconds after which the main thread checks for an interruption while it waits for calls."""

SETTLE_SECONDS = 30.0
"""Seconds that AWS may show the state before a write. After that, a missing change is final."""

MIN_LOGGED_WAIT_SECONDS = 0.5
LOG_INTERVAL_SECONDS = 30.0
"""Seconds between two log lines about the same wait."""

MAX_REPORT_SECONDS = 60.0
"""Seconds that a run waits at its end for reads that only the report needs."""

# ---------------------------------------------------------------- a run that has timed out

MAX_OVERTIME_SECONDS = 58.0
"""Seconds after its deadline until a run is killed: a minute is promised."""

MAX_LATE_CALLS_SECONDS = 20.0
"""Seconds after the deadline that a run waits for calls in flight. A call about the lock may take as long."""

MAX_LATE_COMMENT_SECONDS = 0.9 * MAX_OVERTIME_SECONDS
"""Seconds after the deadline until which a run may comment."""

# ---------------------------------------------------------------- the lock

LEASE_SECONDS = 60
MAX_LEASE_SECONDS = 3600
"""The longest lease that a lock object can claim. Any other counts as LEASE_SECONDS."""

MAX_WRITE_SECONDS = 20.0
"""Seconds to connect and to wait for the response, for a call that must not be repeated."""

MAX_LEASE_AGE_SECONDS = LEASE_SECONDS - MAX_WRITE_SECONDS
"""Seconds that a run relies on a lease: a later write might take effect after its end."""

RENEW_SECONDS = LEASE_SECONDS / 4
"""Seconds between two renewals: one may fail before the lease is too old."""

# ---------------------------------------------------------------- an interrupted run

MAX_STOP_SECONDS = 7.0
"""Seconds from a signal to the end of the run, even if a call hangs. GitHub kills a run after ten."""

MAX_QUIET_STOP_SECONDS = MAX_STOP_SECONDS - 1.0
"""Seconds after a signal until the process is killed."""

MAX_LAST_CALLS_SECONDS = 0.3 * MAX_STOP_SECONDS
"""Seconds that an interrupted run waits for calls in flight."""

MAX_LAST_LOCK_SECONDS = 0.2 * MAX_STOP_SECONDS
"""Seconds that an interrupted run waits for a call about the lock."""

LOCK_POLL_SECONDS = 0.5
"""Seconds between two checks for an interruption during such a call."""

# ---------------------------------------------------------------- connections

AWS_CONNECT_SECONDS = 10.0
AWS_READ_SECONDS = 30.0

SEARCH_CONNECT_SECONDS = 5.0
"""Seconds to connect to a domain's endpoint. Outside of its VPC, it does not respond."""
SEARCH_RESPONSE_SECONDS = 20.0
"""Seconds that one response of a domain's endpoint may take."""

MIN_INDICES_PAUSE_SECONDS = 1.0
"""Seconds between two reads of indices: each is several requests to a search engine in use."""

MAX_INDICES_SECONDS = 60.0
"""Maximum seconds of a run to read indices and to wait until they use a new version."""

SERVICE_REFRESH_SECONDS = 10.0
"""Seconds that the service has to refresh search analyzers before a request does."""

MIN_REOPEN_SECONDS = 120.0
"""Seconds that must be left to close an index: opening it may need them."""

MAX_OPEN_SECONDS = 60.0
"""Seconds that a run tries to open an index that it has closed."""

MAX_LAST_OPEN_SECONDS = 0.6 * MAX_STOP_SECONDS
"""The same after a signal."""

GITHUB_SOCKET_SECONDS = 20
"""Seconds to connect, and between two parts of a response."""

GITHUB_RESPONSE_SECONDS = 60
"""Seconds that one response may take, even if it arrives in small parts."""

GITHUB_PAUSES_SECONDS = (1.0, 2.0, 4.0)
"""Before each retry after an unclear response."""

GITHUB_LAG_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses between queries while one of GitHub's replicas seems to lag: 30 seconds in total."""

GITHUB_RATE_LIMIT_SECONDS = 60.0
"""Seconds to wait after a rate limit without a time. GitHub asks for at least a minute."""

MAX_GITHUB_WAIT_SECONDS = 120.0
"""Seconds that a client waits between requests in total, whatever GitHub asks for."""

GIT_SECONDS = 60.0
"""Seconds that a git command may take."""

MAX_TIMEOUT_SECONDS = 1e9
"""Python rejects longer timeouts."""


class Clock(Protocol):
    """Seconds since some moment, and a sleep that an interruption ends early."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class Interruption:
    """Truthy once a signal has interrupted the run. `signal` is its name."""

    signal: str = ""
    _watch: SimpleQueue[None] = field(default_factory=SimpleQueue)
    # An Event would deadlock: a handler may run in the thread that holds its lock. A SimpleQueue may
    # be put to from a handler at any moment.
    _wake: SimpleQueue[None] = field(default_factory=SimpleQueue)

    def set(self, signal: str) -> None:
        """Ask the run to stop because of `signal`, and end its sleep."""
        self.signal = self.signal or signal
        self._wake.put(None)
        self._watch.put(None)

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or when the run is interrupted."""
        if not self:
            with suppress(Empty):
                self._wake.get(timeout=max(0.0, seconds))

    def happens_within(self, seconds: float) -> bool:
        """Wait for an interruption, at most `seconds`; return True if it happens. For one other thread."""
        with suppress(Empty):
            self._watch.get(timeout=min(seconds, MAX_TIMEOUT_SECONDS))
        return bool(self)

    def __bool__(self) -> bool:
        return bool(self.signal)


_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def machine_seconds() -> float:
    """Return the seconds of the machine's clock, which count suspension if the system has such a clock.

    On Linux, CLOCK_MONOTONIC stands still while the machine is suspended.
    """
    return time.clock_gettime(_CLOCK)


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock; `interruption` ends a sleep."""

    interruption: Interruption

    def now(self) -> float:
        return machine_seconds()

    def sleep(self, seconds: float) -> None:
        self.interruption.wait(seconds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment when the whole run times out."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(clock, clock.now() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left, 0 once it has passed."""
        return max(0.0, self.at - self.clock.now())

    @property
    def overtime(self) -> float:
        """Seconds since it has passed, 0 before."""
        return max(0.0, self.clock.now() - self.at)

    @property
    def passed(self) -> bool:
        """Return True if no time is left."""
        return self.remaining == 0.0


def pause_after(waited: float, jitter: Callable[[], float] = random.random) -> float:
    """Return the seconds to pause before the next read, `waited` seconds into a wait.

    A change is detected within a tenth of the time waited plus one second: a short copy ends soon,
    and a long one costs few calls. `jitter` (0 to 1) spreads concurrent runs.
    """
    return (FIRST_PAUSE_SECONDS + PAUSE_GROWTH * waited) * (1 + PAUSE_JITTER * jitter())


def duration(seconds: float) -> str:
    """Return `seconds` as in `8 s` or `2 min 5 s`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
