"""Rules about a file's bytes: all text is UTF-8, and a byte order mark is a character of the first entry."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Options

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def _find_not_utf_8(data: bytes, _: Options) -> Iterator[Finding]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start)
        hint = " The file looks like UTF-16." if data.startswith(UTF_16_MARKS) else ""
        yield Finding(
            line,
            column,
            f"The byte 0x{data[error.start]:02x} is not UTF-8, and no engine reads anything else.{hint} Save"
            " the file as UTF-8; iconv turns it from what it is, such as ISO-8859-1, SHIFT_JIS or EUC-KR.",
        )


def _place(data: bytes, at: int) -> tuple[int, int]:
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1


NOT_UTF_8 = DataRule("not-utf-8", "error", _find_not_utf_8)


def _find_byte_order_mark(data: bytes, _: Options) -> Iterator[Finding]:
    if data.startswith(BYTE_ORDER_MARK):
        yield Finding(
            1,
            1,
            "The file begins with a byte order mark, which is a character of the first entry to the engine:"
            " that entry never matches. Save the file as UTF-8 without a byte order mark.",
        )


BYTE_ORDER_MARK_RULE = DataRule("byte-order-mark", "warning", _find_byte_order_mark)

TEXT_RULES = (NOT_UTF_8, BYTE_ORDER_MARK_RULE)
"""What all text has in common."""
