"""Text of which each line is an entry."""

from __future__ import annotations

from dictionary_deploy.dictionaries.kind import Entry, Parsed
from dictionary_deploy.model import Problem


def parse_lines(data: bytes, file: str) -> Parsed:
    """Every line that is not empty, in UTF-8, without the white space around it."""
    return _parse(data, file, comment=None)


def parse_commented_lines(data: bytes, file: str) -> Parsed:
    """As `parse_lines`, but a line that begins with `#` is a comment."""
    return _parse(data, file, comment="#")


def _parse(data: bytes, file: str, comment: str | None) -> Parsed:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Parsed((), (_not_utf8(data, error.start, file),))
    # Lucene's readers end a line at LF, CR LF and a lone CR, and at nothing else.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Parsed(
        tuple(
            Entry(entry, entry, number)
            for number, line in enumerate(lines, start=1)
            if (entry := line.strip()) and not (comment and line.startswith(comment))
        )
    )


def _not_utf8(data: bytes, at: int, file: str) -> Problem:
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Problem(
        rule="not-utf-8",
        severity="error",
        file=file,
        line=before.count(b"\n") + 1,
        column=len(before) - before.rfind(b"\n"),
        message=f"The byte 0x{data[at]:02x} is not UTF-8: save the file as UTF-8, or name its kind `binary`.",
    )
