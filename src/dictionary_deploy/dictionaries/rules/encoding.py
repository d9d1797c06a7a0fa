"""Rules about the bytes of a text file."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Options

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def _not_utf_8(data: bytes, _: Options) -> Iterator[Finding]:
    r"""Flag a byte that is not UTF-8. The engine reads every dictionary as strict UTF-8.

    Engine: for synonyms `java.nio.charset.MalformedInputException: Input length = 1`, the cause of `failed to
    build synonyms`; for other files `Unsupported character encoding detected while reading stopwords_path:
    files must be UTF-8 encoded`.

    Fix: save the file as UTF-8, or convert it: `iconv -f ISO-8859-1 -t UTF-8 words.txt`. Other names for `-f`
    are UTF-16, SHIFT_JIS and EUC-KR.

    - caf\xe9
    + café
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(data, error.start)
        hint = " The file looks like UTF-16." if data.startswith(UTF_16_MARKS) else ""
        yield Finding(
            line,
            column,
            f"Byte 0x{data[error.start]:02x} is not UTF-8, so the engine rejects the file.{hint} Save the"
            " file as UTF-8, or convert it with iconv.",
        )


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

TEXT_RULES = (NOT_UTF_8, DataRule("byte-order-mark", "warning", _byte_order_mark))
"""Rules of all text."""
