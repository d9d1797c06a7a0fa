"""Time: the clock as an argument, the deadline of a run, and pauses that grow with the wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Protocol


class Clock(Protocol):
    """Seconds since some moment, and a sleep that an interruption ends early."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class Interruption:
    """Whether the run was asked to stop; set by a signal handler, read by everyone."""

    signal: str = ""
    # An Event would deadlock: a handler may run in the thread that holds its lock. A SimpleQueue may
    # be put to from a handler at any moment.
    _wake: SimpleQueue[None] = field(default_factory=SimpleQueue)

    def set(self, signal: str) -> None:
        """Ask the run to stop because of `signal`; a sleeper wakes."""
        self.signal = self.signal or signal
        self._wake.put(None)

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as the run is asked to stop."""
        if not self:
            with suppress(Empty):
                self._wake.get(timeout=max(0.0, seconds))

    def __bool__(self) -> bool:
        return bool(self.signal)


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's monotonic clock; `interruption` ends a sleep."""

    interruption: Interruption

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.interruption.wait(seconds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment until which the whole run may wait."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """The deadline `seconds` from now."""
        return cls(clock, clock.now() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, 0 once it has passed."""
        return max(0.0, self.at - self.clock.now())

    @property
    def passed(self) -> bool:
        return self.left == 0.0


FIRST_PAUSE = 0.1
GROWTH = 0.08
JITTER = 0.2


def pause_after(waited: float, jitter: Callable[[], float] = random.random) -> float:
    """Seconds to pause before the next look, `waited` seconds into a wait.

    What happened during a pause is noticed within a tenth of the time waited and a second, so that
    a short copy ends soon and a long one costs few calls. `jitter` (0 to 1) spreads runs apart.
    """
    return (FIRST_PAUSE + GROWTH * waited) * (1 + JITTER * jitter())


def duration(seconds: float) -> str:
    """`seconds` as people say it: `8 s`, `2 min 5 s`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
