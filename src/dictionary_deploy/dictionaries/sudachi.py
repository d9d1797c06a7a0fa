"""Compiled dictionaries of Sudachi, of which only the first bytes are looked at.

They begin with a version, a number of eight bytes: `com.worksap.nlp.sudachi.dictionary.DictionaryVersion`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Kind, Options

SYSTEM_VERSIONS = frozenset({0x7366D3F18BD111E7, 0xCE9F011A92394434})
USER_VERSIONS = frozenset({0xA50F31188BD211E7, 0x9FDEB5A90168D868, 0xCA9811756FF64FB0})
VERSION_BYTES = 8

COMPILE = "Build it with Sudachi's UserDictionaryBuilder and commit the .dic file."


def _find_source(data: bytes, _: Options) -> Iterator[Finding]:
    if b"\0" not in data and b"," in data:
        yield Finding(1, 1, f"This is text, such as the source: Sudachi loads the compiled file. {COMPILE}")


def _find_odd_version(data: bytes, _: Options) -> Iterator[Finding]:
    version = int.from_bytes(data[:VERSION_BYTES], "little")
    if version in SYSTEM_VERSIONS:
        yield Finding(1, 1, f"This is a system dictionary, not a user's. {COMPILE}")
    elif data and b"\0" in data and version not in USER_VERSIONS:
        yield Finding(1, 1, f"The file does not begin as a dictionary of Sudachi does. {COMPILE}")


SUDACHI = Kind(
    "sudachi",
    (
        DataRule("sudachi-source", "error", _find_source),
        DataRule("sudachi-version", "warning", _find_odd_version),
    ),
    description="a compiled Sudachi dictionary",
    entries_are="none; compared as bytes",
)
