"""Hold a request, so that a test can stop the action at one call and inspect or kill it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Lock
from typing import Literal

LONGEST = 60.0
"""Seconds after which a held request continues without a release."""


@dataclass(slots=True)
class _Wanted:
    operation: str
    path: str
    remaining: int
    when: Literal["before", "after"]


class Holds:
    """Holds at most one request: `hold` selects it, `wait_until_held` waits for it, `release` ends it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted: _Wanted | None = None
        self._is_held = Event()
        self._may_go = Event()

    def hold(
        self,
        operation: str = "",
        *,
        path: str = "",
        nth: int = 1,
        when: Literal["before", "after"] = "before",
    ) -> None:
        """Hold the nth request from now of the operation (empty: any) whose path contains `path`.

        `before` it is served, or `after` that, before it is answered.
        """
        with self._lock:
            self._wanted = _Wanted(operation, path, nth, when)
            self._is_held.clear()
            self._may_go.clear()

    def wait_until_held(self, seconds: float = 10.0) -> bool:
        """Wait at most `seconds` for the held request; return True if there is one."""
        return self._is_held.wait(seconds)

    def release(self) -> None:
        """Let the held request continue, and hold no other."""
        with self._lock:
            self._wanted = None
            self._is_held.clear()
            self._may_go.set()

    def take(self, operation: str, path: str) -> Literal["before", "after"] | None:
        """Return at which point to hold this request; None for other requests."""
        with self._lock:
            wanted = self._wanted
            if wanted is None or wanted.operation not in {"", operation} or wanted.path not in path:
                return None
            wanted.remaining -= 1
            if wanted.remaining:
                return None
            self._wanted = None
            return wanted.when

    def wait(self) -> None:
        """Block the thread of the held request."""
        self._is_held.set()
        self._may_go.wait(LONGEST)
