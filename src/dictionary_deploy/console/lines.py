"""Make messages printable lines, and write them."""

from __future__ import annotations

from typing import TextIO

from dictionary_deploy.report.printable import escape_unprintable

_unwritten: list[str] = []
"""The errors of lines that could not be written, in this process."""


def write_line(stream: TextIO, line: str) -> None:
    try:
        stream.write(f"{line}\n")  # in one call: another thread may mask a secret at the same time
        stream.flush()  # a log read through a pipe must be up to date
    except OSError as error:
        # The pipe is closed, or the disk is full. This must not stop a deploy in progress: the exit status
        # reports it.
        _unwritten.append(str(error))


def has_unwritten_lines() -> bool:
    """Return True if a line could not be written."""
    return bool(_unwritten)


def printable_line(message: str) -> str:
    """Return `message` as one line: a line break in external text must not start a line of the log."""
    return escape_unprintable(message, keep="\t")
