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
class FileFormat:
    """The kind and the options of a file, which may differ between environments."""

    kind: Kind
    options: Options


def apply_fixes(data: bytes, formats: Sequence[FileFormat]) -> bytes:
    """Return the bytes of a text file with all fixes.

    The byte order mark and indented comments change entries: that is the finding. All other fixes apply only
    if the entries stay equal for every format. A file with a merge conflict is returned unchanged: its
    markers would be removed as duplicates.
    """
    if any(each.kind.is_binary or each.kind.name == "text" for each in formats) or not _is_utf_8(data):
        return data
    if any(True for each in formats for _ in MERGE_CONFLICT.find(data, each.options)):
        return data
    while data.startswith(BYTE_ORDER_MARK):
        data = data.removeprefix(BYTE_ORDER_MARK)
    data = _without_indented_comments(data, formats)
    fixes = [_with_unix_line_ends, _without_trailing_whitespace]
    # In XML, a line has no meaning on its own: a second `-->` is no duplicate.
    if not any(each.kind.name == "hyphenation-patterns" for each in formats):
        fixes.append(_without_duplicates)
    for fix in fixes:
        changed = fix(data)
        if changed != data and all(_is_equal(each, data, changed) for each in formats):
            data = changed
    return data


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _without_indented_comments(data: bytes, formats: Sequence[FileFormat]) -> bytes:
    """Move the comments that the rule flags for every format to the first column."""
    flagged = [_indented_comments(data, each) for each in formats]
    numbers = set.intersection(*flagged) if flagged else set()
    lines = _lines(data)
    for number in numbers:
        lines[number - 1] = lines[number - 1].lstrip(b" \t")
    return b"".join(lines)


def _indented_comments(data: bytes, file_format: FileFormat) -> set[int]:
    return {
        finding.line
        for rule in file_format.kind.rules
        if isinstance(rule, LineRule) and rule.id == INDENTED_COMMENT
        for line in file_format.kind.decode(data).numbered_lines()
        for finding in rule.find(line, file_format.options)
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


def _is_equal(file_format: FileFormat, before: bytes, after: bytes) -> bool:
    """Return True if the engine reads the same entries."""
    kind = file_format.kind
    one, other = kind.decode(before), kind.decode(after)
    if kind.read and not kind.compare:
        # A diff ignores the order of lines, but it decides which of two rules for a key counts.
        return kind.read(one, file_format.options, None) == kind.read(other, file_format.options, None)
    counts = diff_texts(kind, one, other, file_format.options).entries
    return not (counts.added or counts.removed or counts.changed)
