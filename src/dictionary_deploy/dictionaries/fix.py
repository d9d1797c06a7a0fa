"""Fix a file without changing what the engine reads, except where that is the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.kind import Kind, LineRule, Options
from dictionary_deploy.dictionaries.rules.encoding import BYTE_ORDER_MARK
from dictionary_deploy.dictionaries.rules.merge_conflict import MERGE_CONFLICT

INDENTED_COMMENT = "indented-comment"


@dataclass(frozen=True, slots=True)
class Reader:
    """A way in which the file is read: environments may differ."""

    kind: Kind
    options: Options


def fixed(data: bytes, readers: Sequence[Reader]) -> bytes:
    """Return the bytes of a text file with all fixes.

    The byte order mark and indented comments change entries: that is the finding. All other fixes apply only
    if the entries stay equal for every reader. A file with a merge conflict is returned unchanged: its
    markers would be removed as duplicates.
    """
    if any(reader.kind.is_binary or reader.kind.name == "text" for reader in readers) or not _is_utf_8(data):
        return data
    if any(True for reader in readers for _ in MERGE_CONFLICT.find(data, reader.options)):
        return data
    data = data.removeprefix(BYTE_ORDER_MARK)
    data = _without_indented_comments(data, readers)
    fixes = [_with_unix_line_ends, _without_trailing_whitespace]
    # In XML, a line has no meaning on its own: a second `-->` is no duplicate.
    if not any(reader.kind.name == "hyphenation-patterns" for reader in readers):
        fixes.append(_without_duplicates)
    for fix in fixes:
        changed = fix(data)
        if changed != data and all(_is_equal(reader, data, changed) for reader in readers):
            data = changed
    return data


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _without_indented_comments(data: bytes, readers: Sequence[Reader]) -> bytes:
    """Move the comments that the rule flags for every reader to the first column."""
    flagged = [_indented_comments(data, reader) for reader in readers]
    numbers = set.intersection(*flagged) if flagged else set()
    lines = _lines(data)
    for number in numbers:
        lines[number - 1] = lines[number - 1].lstrip(b" \t")
    return b"".join(lines)


def _indented_comments(data: bytes, reader: Reader) -> set[int]:
    rules = [rule for rule in reader.kind.rules if rule.id == INDENTED_COMMENT]
    lines = [*reader.kind.decode(data).numbered()] if rules else []
    return {
        finding.line
        for rule in rules
        if isinstance(rule, LineRule)
        for line in lines
        for finding in rule.find(line, reader.options)
    }


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends: LF, CR LF or CR."""
    return data.splitlines(keepends=True)


def _with_unix_line_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _without_trailing_whitespace(data: bytes) -> bytes:
    return b"".join(
        line[: len(text.rstrip(b" \t"))] + line[len(text) :]
        for line in _lines(data)
        for text in (line.rstrip(b"\r\n"),)
    )


def _without_duplicates(data: bytes) -> bytes:
    """Remove lines that repeat an earlier one, except blank lines and comments."""
    seen = set[bytes]()
    kept = []
    for line in _lines(data):
        text = line.rstrip(b"\r\n")
        is_entry = bool(text.strip()) and not text.lstrip().startswith(b"#")
        if not (is_entry and text in seen):
            kept.append(line)
        seen.add(text)
    return b"".join(kept)


def _is_equal(reader: Reader, before: bytes, after: bytes) -> bool:
    """Return True if the engine reads the same entries."""
    kind = reader.kind
    one, other = kind.decode(before), kind.decode(after)
    if kind.read and not kind.compare:
        # A diff ignores the order of lines, but it decides which of two rules for a key counts.
        return kind.read(one, reader.options, None) == kind.read(other, reader.options, None)
    counts = diff_texts(kind, one, other, reader.options).entries
    return not (counts.added or counts.removed or counts.changed)
