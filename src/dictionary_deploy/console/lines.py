"""Split messages into printable lines, and write them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TextIO

from dictionary_deploy.report.printable import escape_unprintable


def write_line(stream: TextIO, line: str) -> None:
    # The reader may be gone, or the disk full. This must not stop a deploy in progress. The exit status
    # reports it: the last flush fails, too.
    with suppress(OSError):
        stream.write(f"{line}\n")  # in one call: another thread may mask a secret at the same time
        stream.flush()  # a log read through a pipe must be up to date


def printable_lines(message: str) -> list[str]:
    # Not str.splitlines: a name with U+2028 would start a new line.
    return [escape_unprintable(line, keep="\t") for line in re.split(r"\r\n?|\n", message.removesuffix("\n"))]
