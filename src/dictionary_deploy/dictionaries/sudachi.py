"""Compiled Sudachi dictionaries, of which only the first bytes are checked.

They start with a version, a number of eight bytes: `com.worksap.nlp.sudachi.dictionary.DictionaryVersion`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Kind, Options

SYSTEM_VERSIONS = frozenset({0x7366D3F18BD111E7, 0xCE9F011A92394434})
USER_VERSIONS = frozenset({0xA50F31188BD211E7, 0x9FDEB5A90168D868, 0xCA9811756FF64FB0})
VERSION_BYTES = 8

COMPILE = "Build it with Sudachi's `UserDictionaryBuilder` and commit the `.dic` file."


def _source(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag a Sudachi dictionary that is text. Sudachi loads the compiled file, not its source.

    Fix: build it with Sudachi's `UserDictionaryBuilder` and commit the `.dic` file.

    - 東京都庁,4786,4786,5000,東京都庁,名詞,…
    + (the compiled user.dic)
    """
    if b"\0" not in data and b"," in data:
        yield Finding(1, 1, f"The file is text, but Sudachi loads compiled dictionaries. {COMPILE}")


def _unknown_version(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag a Sudachi dictionary that is a system dictionary or starts with an unknown version.

    Its builder writes the format's version into the first eight bytes. A newer builder may write another one.

    Fix: build it with Sudachi's `UserDictionaryBuilder` and commit the `.dic` file.

    - (a system.dic)
    + (a user.dic)
    """
    version = int.from_bytes(data[:VERSION_BYTES], "little")
    if version in SYSTEM_VERSIONS:
        yield Finding(1, 1, f"This is a system dictionary, not a user dictionary. {COMPILE}")
    elif data and b"\0" in data and version not in USER_VERSIONS:
        yield Finding(1, 1, f"The file does not start like a Sudachi user dictionary. {COMPILE}")


SUDACHI = Kind(
    "sudachi",
    (
        DataRule("sudachi-source", "error", _source),
        DataRule("sudachi-version", "warning", _unknown_version),
    ),
    description="a compiled Sudachi dictionary",
    entries_are="none; compared as bytes",
)
