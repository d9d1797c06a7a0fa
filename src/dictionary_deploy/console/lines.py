"""Split messages into printable lines, and write them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TextIO

from dictionary_deploy.report.printable import escape_unprintable


def write_line(stream: TextIO, line: str) -> None:
    # Whoever read it may be gone, or the disk full: no deploy ends in its midst for that. The exit status
    # tells, since what could not be written cannot be flushed at the end either.
    with suppress(OSError):
        stream.write(f"{line}\n")  # at once: while one thread writes a line, another may mask a secret
        stream.flush()  # a log read through a pipe is to be on time


def printable_lines(message: str) -> list[str]:
    # Not what else Python ends a line at: a name with U+2028 in it would make a line of its own.
    return [escape_unprintable(line, keep="\t") for line in re.split(r"\r\n?|\n", message.removesuffix("\n"))]
