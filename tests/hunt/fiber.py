"""Threads that take turns: one runs until it pauses; then its resumer continues."""

from __future__ import annotations

import threading
from collections.abc import Callable


class KilledError(BaseException):
    """Unwinds a killed fiber; its cleanup has no effect."""


class Fiber:
    """`work` in its own thread, which runs only between `resume` and the next `pause`."""

    _here = threading.local()

    def __init__(self, work: Callable[[], None]) -> None:
        self.is_over = False
        self.error: BaseException | None = None
        self._work = work
        self._is_killed = False
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @classmethod
    def current(cls) -> Fiber:
        """Return the active fiber."""
        fiber: Fiber = cls._here.fiber
        return fiber

    def resume(self) -> None:
        """Run it until it pauses or ends; raise its exception."""
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._go.release()
        self._back.acquire()
        if self.error:
            raise self.error

    def pause(self) -> None:
        """Pause the current fiber; its resumer continues."""
        self._back.release()
        self._go.acquire()
        if self._is_killed:
            raise KilledError

    def kill(self) -> None:
        """End it at its pause."""
        self._is_killed = True
        if not self.is_over and self._thread.ident is not None:
            self.resume()
        self.is_over = True

    def _run(self) -> None:
        self._here.fiber = self
        try:
            self._work()
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 raised again by `resume`, where it is seen
            self.error = error
        finally:
            self.is_over = True
            self._back.release()
