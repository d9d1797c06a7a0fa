"""Rules about the bytes of a text file."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Options
from dictionary_deploy.dictionaries.rules.merge_conflict import MERGE_CONFLICT

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MARK_RULE = "byte-order-mark"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ZIP = b"PK\x03\x04"
BEGINNING = 64 * 1024
"""Bytes that are searched for signs of UTF-16."""
MIN_NULS = 4
MIN_NUL_PERCENT = 40
"""Percent of the bytes that are 0 in UTF-16 with ASCII text: about half of them."""
UTF_16_LINE_ENDS = (b"\n\0", b"\0\n")
"""A line end in UTF-16, with the low byte first or last."""


def _not_utf_8(data: bytes, _: Options) -> Iterator[Finding]:
    r"""Flag a byte that is not UTF-8, a ZIP archive, or UTF-16 without a byte order mark.

    The engine reads every dictionary as strict UTF-8. It accepts ASCII or Cyrillic in UTF-16, but reads each
    byte as a character, so no entry ever matches. Windows PowerShell's `>` writes UTF-16.

    Engine: for synonyms `java.nio.charset.MalformedInputException: Input length = 1`, the cause of `failed to
    build synonyms`; for other files `Unsupported character encoding detected while reading stopwords_path:
    files must be UTF-8 encoded`.

    Fix: save the file as UTF-8, or convert it: `iconv -f ISO-8859-1 -t UTF-8 words.txt`. Other names for `-f`
    are UTF-16, SHIFT_JIS and EUC-KR. In PowerShell, write it with `Out-File -Encoding utf8NoBOM`.

    - caf\xe9
    + café
    """
    if data.startswith(ZIP):
        yield Finding(1, 1, "The file is a ZIP archive, not text. Commit the file that is in it.")
        return
    if not data.startswith(UTF_16_MARKS) and is_utf_16(data):
        yield Finding(
            1,
            1,
            "The file is UTF-16 without a byte order mark, as some tools on Windows and PowerShell write it:"
            " no entry would match. Save the file as UTF-8.",
        )
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(data, error.start)
        hint = (
            " The file looks like UTF-16, as PowerShell's `>` writes it."
            if data.startswith(UTF_16_MARKS)
            else ""
        )
        yield Finding(
            line,
            column,
            f"Byte 0x{data[error.start]:02x} is not UTF-8, so the engine rejects the file.{hint} Save the"
            " file as UTF-8, or convert it with iconv.",
        )


def is_utf_16(data: bytes) -> bool:
    """Return True if only the first or only the second bytes of pairs are 0: nearly all, or in line ends.

    In Cyrillic or Japanese text, only punctuation and line ends have a 0.
    """
    beginning = data[:BEGINNING]
    nuls = beginning.count(0)
    halves = beginning[1::2].count(0), beginning[0::2].count(0)
    if nuls < MIN_NULS or nuls not in halves:
        return False
    line_ends = beginning.count(UTF_16_LINE_ENDS[halves.index(nuls)])
    return nuls * 100 >= MIN_NUL_PERCENT * len(beginning) or line_ends * 2 > beginning.count(b"\n")


def _position(data: bytes, at: int) -> tuple[int, int]:
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1


def _byte_order_mark(data: bytes, _: Options) -> Iterator[Finding]:
    r"""Flag a byte order mark: the invisible U+FEFF that some editors write at the start of a file.

    The engine reads it as a character of the first entry, which then never matches. A comment in the first
    line becomes an entry. The standard tokenizer and newer versions of the IK plugin drop it.

    Fix: save the file as UTF-8 without a byte order mark, or run `sed -i '1s/^\xEF\xBB\xBF//' words.txt`.

    - \ufeffthe
    + the
    """
    if data.startswith(BYTE_ORDER_MARK):
        yield Finding(
            1,
            1,
            "The file starts with a byte order mark, so its first entry never matches. Save the file as UTF-8"
            " without a byte order mark.",
        )


NOT_UTF_8 = DataRule("not-utf-8", "error", _not_utf_8)

TEXT_RULES = (NOT_UTF_8, MERGE_CONFLICT, DataRule(MARK_RULE, "warning", _byte_order_mark))
"""Rules of all text."""
