"""The signals that stop a run, recorded from the first moment on.

As process 1 of a container Python ignores SIGTERM until it has a handler. So `__main__` imports this module
before anything slow, and it imports the standard library alone.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

SHOW_CURSOR = b"\x1b[?25h"
"""The control sequence for a terminal that is left while it shows progress."""


class StopSignals:
    """Record SIGINT and SIGTERM. A second SIGINT ends the process at once: the user does not want to wait."""

    def __init__(self) -> None:
        """Install the handlers."""
        self._first = ""
        self._stop: Callable[[str], None] | None = None
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._handle)

    def forward(self, stop: Callable[[str], None]) -> None:
        """Call `stop` with the name of each signal from now on, and at once if one was recorded before."""
        self._stop = stop
        if self._first:
            stop(self._first)

    def _handle(self, number: int, _: FrameType | None) -> None:
        name = signal.Signals(number).name
        if self._first == name == "SIGINT":
            if sys.stderr.isatty():
                os.write(sys.stderr.fileno(), SHOW_CURSOR)
            os._exit(128 + number)
        self._first = self._first or name
        if self._stop:
            self._stop(name)
