"""How long an answer may take and how long it may be: whoever answers may never end, and a body may swell."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

T = TypeVar("T")

BLOCK = 256 * 1024

PATIENCE_SECONDS = 60.0
"""How long an answer may take, however little arrives meanwhile."""

SLOWEST = 50_000
"""Bytes a second, sent or received, that make it longer: a large file takes its time."""


class LimitError(Exception):
    """An answer takes too long or is too long."""


class Raw(Protocol):
    """A body as urllib3 has it."""

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:  # noqa: FBT001 - urllib3's
        """What has arrived, at most `amt` bytes; empty at the end."""
        ...


def seconds_for(size: int, patience: float) -> float:
    """How long it may take to send or receive so many bytes."""
    return patience + size / SLOWEST


def in_time(work: Callable[[], T], seconds: float) -> T:
    """What `work` returns or raises. Raises LimitError when that takes longer than `seconds`.

    A socket's own time-out begins anew with every byte. The work is not ended then, only left to itself, in
    a thread that keeps no process from ending.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            future.set_exception(error)

    threading.Thread(target=run, name="answer", daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError as error:
        if future.done():
            raise
        raise LimitError(f"no end of it within {seconds:.0f} s") from error


class Body:
    """A body of at most `most` bytes, as it arrives (`None`: of any size); `decode` undoes its compression.

    Reading raises LimitError when it is longer, or comes slower than `seconds_for` allows.
    """

    def __init__(
        self, raw: Raw, most: int | None, *, decode: bool, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._raw = raw
        self._patience = patience
        self._most = most
        self._decode = decode
        self._began = time.monotonic()
        self._size = 0

    def read_some(self, amt: int = BLOCK) -> bytes:
        """What has arrived, empty at the end."""
        data = self._raw.read1(amt, decode_content=self._decode)
        self._size += len(data)
        if self._most is not None and self._size > self._most:
            raise LimitError(f"more than {self._most:,} bytes")
        if time.monotonic() - self._began > seconds_for(self._size, self._patience):
            raise LimitError(f"only {self._size:,} bytes in {time.monotonic() - self._began:.0f} s")
        return data

    def read(self, amt: int | None = None) -> bytes:
        """All of it, or `amt` bytes, fewer at the end."""
        parts, left = [], amt
        while left is None or left > 0:
            data = self.read_some(BLOCK if left is None else min(BLOCK, left))
            if not data:
                break
            parts.append(data)
            left = None if left is None else left - len(data)
        return b"".join(parts)
