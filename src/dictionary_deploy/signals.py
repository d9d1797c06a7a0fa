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
from typing import NoReturn


def end_process(status: int) -> NoReturn:
    """End the process at once. Show the cursor, which a terminal with progress has hidden."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")
    os._exit(status)


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
            end_process(128 + number)
        self._first = self._first or name
        if self._stop:
            self._stop(name)
